/** The frame of every page of the dashboard: navigation, status bar, and the live parts that all pages have. @module */
import { Head } from "fresh/runtime";
import type { ComponentChildren, JSX } from "preact";
import { countsOf, pageTitle } from "../../components/counts.ts";
import type { Dashboard } from "../../components/dashboard_model.ts";
import { Logo } from "../../components/logo.tsx";
import { plural } from "../../components/plural.ts";
import { text } from "../../components/text.ts";
import Keyboard from "../../islands/keyboard.tsx";
import LastActView from "../../islands/last_act.tsx";
import LiveStream from "../../islands/live_stream.tsx";
import ModeSwitch from "../../islands/mode_switch.tsx";
import Navigation, { type PageName } from "../../islands/navigation.tsx";
import SmallWindow from "../../islands/small_window.tsx";
import { PageNotifier } from "./page_notifier.tsx";

/** What a page of the dashboard takes. */
export interface DashboardPageProps {
  readonly dashboard: Dashboard;
  /** The page of the navigation that this one is, or belongs to. */
  readonly current: PageName;
  /** What the title says; the page's name in the navigation when absent. */
  readonly title?: string;
  /** The heading, and what stands below it until something was done; absent where the content brings its own. */
  readonly heading?: { readonly text: string; readonly hint: string };
  readonly children: ComponentChildren;
}

/** A page: everything that is live shares the signals of `dashboard`. */
export function DashboardPage(props: DashboardPageProps): JSX.Element {
  const { dashboard, current, heading } = props;
  const title = props.title ?? text.pages[current];
  const { unreadable } = dashboard.snapshot.value;
  return (
    <>
      <Head>
        <title>{pageTitle(title, countsOf(dashboard.snapshot.value).waiting)}</title>
      </Head>
      <a class="skip" href="#main">{text.skip}</a>
      <div class="shell">
        <header class="side">
          <a class="brand" href="/">
            <Logo />
            {text.product}
          </a>
          <Navigation dashboard={dashboard} current={current} />
        </header>
        <div class="column">
          <ModeSwitch dashboard={dashboard} />
          <LiveStream dashboard={dashboard} page={title} />
          <PageNotifier dashboard={dashboard} />
          <main id="main" tabIndex={-1}>
            {heading !== undefined && (
              <>
                <div class="head">
                  <h1>{heading.text}</h1>
                </div>
                <LastActView dashboard={dashboard} hint={heading.hint} />
              </>
            )}
            {unreadable.length > 0 && (
              <p class="banner">{plural(unreadable.length, text.unreadable)}</p>
            )}
            {props.children}
          </main>
          <footer class="foot">
            <a href="/welcome">{text.pages.welcome}</a>
            <SmallWindow />
            <Keyboard />
          </footer>
        </div>
      </div>
    </>
  );
}
