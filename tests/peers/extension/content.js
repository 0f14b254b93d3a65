// Nothing to do: the pattern that it stands under is what the manifest declares.
