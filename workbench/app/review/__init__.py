"""The review: samples are read one by one, and decided on by single keys.

Who owns what:

- `jobs.review.Review` is the open dataset itself: its samples and labels, which rows are listed,
  where the cursor is, which samples are marked. It knows no screen.
- `Helper` owns the process that verifies the whole file; `FileWatch` knows whether that file has
  changed since; `Finder` what is listed, in which order, and where one is; `Recall` how it was left
  last time; `Ending` how fast the review goes and what it has come to; `Marking` which samples are
  marked; `Decider` every change of a label; `Edits` opens the form and the fixes, `Undoing` takes
  decisions back; `SecondOpinions` what a judge and evaluated models have said. Each may use those
  before it, none knows those after it, and none knows a widget. See `owner.Owner`.
- `SampleList`, `SampleDetail` and `ReviewBar` draw, `SearchBar` and the dialogs ask; what they
  write is put in words in `describe`.
- `ReviewScreen` holds them all, and opens other screens.

One key, from the finger to the picture: `a` is in the table of `keys`, which names the action
`accept`. That is `Decider.action_accept`; an owner makes its `action_…` methods the screen's. It
asks `FileWatch` whether the sample is still in the file, has `Review` put the label on disk, and
has `Finder` go on to the next sample to do. All of that is done when the method returns, so a
key that was typed ahead acts on the new state. Drawing comes after it, by a message:
`Owner.Changed` says what of the picture is out of date, and `ReviewScreen` tells the widgets.
"""
