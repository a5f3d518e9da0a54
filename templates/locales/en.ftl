### Everything a person reads, in English. A key is the same in the three files, with the same variables.
### $n selects the plural form and $shown is the number as written; other variables are ready to print.

## Frame
skip = Skip to content
nav-main = Main
nav-account = Account
nav-foot = More pages
nav-dock = Quick navigation
nav-crumbs = You are here
nav-pages = Pages
nav-sort = Order
nav-period = Period
nav-home = Home
nav-categories = Categories
nav-tags = Tags
nav-profile = Profile
nav-settings = Settings
nav-admin = Back office
nav-compose = Write
nav-me = Me
api-docs = API
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
language = Language
as-site = As the site
about-site = About this place
private = Private
suspended-you = Your account is suspended until { $date }. You can read, but not write. Reason: { $reason }

## Small words
save = Save
saved = Saved.
cancel = Cancel
edit = Edit
delete = Delete
restore = Restore
more = More
manage = Manage
preview = Preview
yes = Yes
none = None
any = Any
choose = Choose…
reason = Reason
until = Until
state = State
message = Message
position = Position
colour = Colour
delete-confirm = Delete this?

## Pages of a list
previous = Previous
next = Next
page-n = Page { $n }
title-page = {" "}– page { $n }
older = Older
older-by-month = Older threads, by month

## Lists of threads
list-hot = Hot
list-latest = Latest
list-new = New
list-top = Top
list-unanswered = Unanswered
list-featured = Featured
list-following = Following
list-hot-about = What people at { $site } are talking about now: the threads with the most heat.
list-latest-about = Threads at { $site } with the latest replies.
list-new-about = The newest threads at { $site }.
list-top-about = The threads at { $site } that were liked and discussed most.
list-unanswered-about = Questions at { $site } that still wait for an answer.
list-featured-about = Lasting, high-quality threads at { $site }, chosen by its staff.
list-following-about = Threads at { $site } that you follow.
period-day = Today
period-week = Week
period-month = Month
period-year = Year
period-all = All time
replies-count = { $n ->
    [one] { $shown } reply
   *[other] { $shown } replies
}
last-reply = last reply: { $name }
replies-label = { $n ->
    [one] reply
   *[other] replies
}
views-count = { $n ->
    [one] { $shown } view
   *[other] { $shown } views
}
likes-count = { $n ->
    [one] { $shown } like
   *[other] { $shown } likes
}
threads-count = { $n ->
    [one] { $shown } thread
   *[other] { $shown } threads
}
new-count = { $shown } new
dismiss = Put away
empty-list = No threads here yet.
empty-following = You follow no threads yet. Open one and choose “Follow”; new replies then show up here.
empty-category = Nobody has written here yet. Be the first!
login-to-open = Log in to start the first thread
empty-page = This page is empty.

## Categories, tags, archive
category = Category
category-about = Threads in “{ $name }” at { $site }: questions, answers and discussions.
categories-about = All categories of { $site }, what each of them is about and how many threads it has.
empty-categories = There are no categories yet.
tag-about = Threads about { $name } at { $site }: questions, answers and discussions, the hottest first.
tags-about = What people at { $site } write about: all tags, each with the number of its threads.
empty-tags = No thread has a tag yet.
archive = Archive
archive-of = Archive: { $name }
archive-about = All threads of { $site } by the month in which they were opened, the newest month first.
api-about = The JSON API of { $site }: calls, parameters, answers and errors, with an example.
archive-of-about = All threads in “{ $name }” at { $site } by the month in which they were opened.
month-about = Threads opened at { $site }, { $month }: questions, answers and discussions.

## Thread
pinned = Pinned
featured = Featured
solved = Solved
question = Question
closed = Closed
removed = Removed
edited = edited
opener = Opener
post-n = Post { $n }
in-reply-to = In reply to #{ $n } @{ $name }
first-unread = First unread post
unread-from-here = New since your last visit
accepted-answer = Accepted answer
answer-read = Read the whole answer
accept = Accept as the answer
unaccept = Take back the acceptance
like = Like
reply = Reply
quote = Quote
replying-to = Replying to @{ $name } #{ $n }
replying-drop = Reply to the thread instead
reply-head = Your reply
reply-submit = Post reply
body-label = Text
markdown-hint = You can use Markdown. @name mentions somebody, ``` frames code, ||words|| hides a spoiler.
login-to-reply = Log in to reply
closed-note = This thread is closed. It takes no more replies.
follow = Follow
unfollow = Unfollow
thread-tools = This thread
thread-edit = Edit thread
delete-thread = Delete thread
moderation = Moderation
close = Close
reopen = Reopen
feature = Feature
unfeature = Stop featuring
pin = Pin
unpin = Unpin
pin-scope = Where
pin-site = Whole site
pin-category = This category
pin-until = Until (empty: for good)
pin-line = Pinned: { $place }
pin-line-until = Pinned: { $place }, until { $date }

## Heat
heat-why = Why it is hot
heat-sum = Heat now: { $total }. Each engagement loses half its weight every { $hours } hours.
heat-what = What
heat-who = Who
heat-when = When
heat-weight = Weight
heat-present = Worth now
heat-faded = under 0.01
heat-more = { $n ->
    [one] and { $shown } more
   *[other] and { $shown } more
}
heat-opened = Opened
heat-reply = Reply
heat-like = Like
heat-accepted = Accepted answer
heat-share = Share
heat-bookmark = Bookmark
heat-view = Views
heat-anonymous = Visitors

## Writing
compose = New thread
compose-title = New thread
compose-submit = Publish
compose-nowhere = There is no category that you may write in yet.
title-label = Title
kind = Kind
kind-discussion = Discussion
kind-question = Question
tags-label = Tags, with commas between
edit-head = Edit post
history = Earlier versions
version-n = Version { $n }
back-to-post = Back to the post
resume-head = Nothing is lost
resume-text = You are signed in again. This is what you wrote; send it when you are ready.
resume-submit = Send
posted-already = This has been posted already, in another version. Send the form again to post what stands in it now as well.
posted-there = Show what was posted
edit-current = What stands there now

## Search
search = Search
search-placeholder = Search threads and replies
search-heading = Search
search-about = Search all threads and replies at { $site }.
search-results-count = { $n ->
    [one] { $shown } result
   *[other] { $shown } results
}
search-none = Nothing was found.
search-none-hint = Try fewer or other words, or ask the community.
search-ask = Ask this
search-partial = No post has all the words. These have some of them.
search-sort-relevance = Relevance
search-sort-newest = Newest
search-filter-category = Category
search-filter-all = All categories
search-help = "exact words", -without, in:title, @author, category:name, tag:name, is:solved, before:2026-01-31, after:2026-01-01

## Accounts
login = Log in
logout = Log out
signup = Sign up
login-name = User name
username = User name
username-hint = 2 to 20 letters or digits; a Chinese character counts as two. Dots, dashes and underscores may stand between.
email = E-mail address
password = Password
password-hint = 12 characters or more. A few words that only you would put together are best.
password-current = Current password
password-new = New password
password-change = Change password
password-ends = Changing it signs you out everywhere else.
no-account = No account yet?
have-account = Already a member?
first-administrator = Make the first administrator
session-ended = Your session has ended. Log in and what you wrote comes back.
session-ended-again = Your session has ended. Log in and try again; you come back to the same page.

## Profile and settings
joined = Joined { $date }
display-name = Name shown
bio = About you
profile-about = { $name } at { $site }: the threads they opened and the replies they wrote.
profile-public = Show my profile to everybody
profile-public-hint = Otherwise only signed-in members can open it, and search engines leave it alone.
profile-threads = Threads
profile-posts = Latest replies
empty-profile-threads = No threads yet.
empty-profile-posts = No replies yet.
stat-members = Members
stat-threads = Threads
stat-posts = Posts
stat-likes = Likes received
stat-answers = Accepted answers
stat-activities = Activities logged
settings-profile = Profile
settings-handle = User name
handle-about = It stands in the address of your profile and in mentions. Old links and mentions keep leading to you, and nobody else can take the name you had. You can change it once in 30 days.
handle-rests = You can change it again from { $date }.
handle-change = Change user name
handle-staff-about = Old links and mentions keep leading to this member, and nobody else can take the name they had.
settings-appearance = Language and theme
settings-password = Password
settings-sessions = Where you are signed in
session-device = { $browser } on { $system }
session-this = this one
session-end = Sign out
session-end-others = Sign out everywhere else
settings-tokens = API tokens
tokens-about = A token lets a program act for you, within the scopes you give it.
token-once = Your new token. It is shown only once; keep it safe.
token-name = Name of the token
token-days = Days until it expires (empty: never)
token-make = Make a token
scopes = Scopes
revoke = Revoke

## Roles
role = Role
role-visitor = Visitor
role-member = Member
role-expert = Expert
role-moderator = Moderator
role-operator = Operator
role-administrator = Administrator

## Moderating people
suspend = Suspend
unsuspend = End the suspension
suspended-because = Suspended until { $date }: { $reason }
remove-content = Remove everything they wrote
remove-content-confirm = Remove every thread and post of this member? You can undo it.
undo-removal = Bring back what was removed

## Back office
office-overview = Overview
office-members = Members
office-member = Open in the back office
office-settings = Site settings
office-jobs = Jobs
office-audit = Audit log
member-find = Name or e-mail address
member-joined = Joined
member-imported = Imported
member-suspended = Suspended
unconfirmed = not confirmed
empty-members = Nobody matches.
claim = Hand over the account
claim-about = This account came from another forum and has no password. Type the owner’s e-mail address and give them the link that you get.
password-link = Password link
password-link-about = Makes a link with which the member sets a new password.
password-link-make = Make a link
link-once = Give this link to the member. It works once and is shown only now.
category-new = New category
category-name = Name
category-slug = Address
category-slug-hint = Letters, digits and dashes, as in /c/help. The old address keeps working.
category-description = Description
category-parent = Below
category-post-role = Who may open threads
category-private = Private
category-private-hint = Only administrators, the moderators of this category, and the members and roles named below can read it.
category-members = Members let in (user names, with commas between)
category-roles = Roles let in
category-moderators = Moderators (user names, with commas between)
category-delete = Delete category
empty-office-categories = No categories yet. Make the first one and people can start to write.
site-name = Name of the site
site-tagline = Line below the name
site-description = What the site is about (for search engines)
site-notice = Notice on every page
site-locale = Language for readers who chose none
site-half-life = Half-life of heat, in hours
site-half-life-hint = How soon threads cool down: after this time a reply counts half. 96 suits most communities.
site-time-zone = Time zone
site-time-zone-hint = By name, such as Asia/Shanghai. Dates and times on pages are told by its clock, and daily limits of points begin anew at its midnight. For points a change holds for what happens from then on; those that were given stay.
site-open = People may sign up by themselves
readers = Readers of the log
reader = Reader
reader-at = Read up to
reader-behind = Behind
reader-holder = Running on
reader-member-counters = Counters of members
reader-top-scores = Scores of “Top”
reader-search-index = Search index
reader-page-cache = Page cache
log-head = The log holds { $n } activities.
jobs = Jobs
job = Job
job-rebuild-heat = Rebuild heat
job-reindex = Rebuild the search index
job-recount = Recount
job-import = Import
posts-count = { $n ->
    [one] { $shown } post
   *[other] { $shown } posts
}
job-waiting = Waiting
job-running = Running
job-done = Done
job-failed = Failed
progress = Progress
empty-jobs = No jobs yet.
audit-subject = About
audit-detail = Detail
audit-house = The house
audit-subject-category = Category
audit-subject-member = Member
audit-subject-members = Members
audit-subject-post = Post
audit-subject-site = The site
audit-subject-thread = Thread
audit-action-category-changed = Category changed
audit-action-category-created = Category made
audit-action-category-removed = Category deleted
audit-action-job-asked = Job asked for
audit-action-member-claimed = Account handed over
audit-action-member-content-removed = Content removed
audit-action-member-content-restored = Content brought back
audit-action-member-created = Account made
audit-action-member-first-administrator = First administrator made
audit-action-member-password-link = Password link made
audit-action-member-password-set = Password set by link
audit-action-member-renamed = User name changed
audit-action-member-role = Role given
audit-action-member-suspended = Member suspended
audit-action-member-unsuspended = Suspension ended
audit-action-members-viewed = Members looked at
audit-action-post-deleted = Post deleted
audit-action-post-restored = Post restored
audit-action-site-settings = Site settings changed
audit-action-thread-closed = Thread closed
audit-action-thread-deleted = Thread deleted
audit-action-thread-featured = Thread featured
audit-action-thread-pinned = Thread pinned
audit-action-thread-reopened = Thread reopened
audit-action-thread-restored = Thread restored
audit-action-thread-unfeatured = Thread no longer featured
audit-action-thread-unpinned = Thread unpinned
empty-audit = Nothing has been logged yet.

## Errors
hint-sign-in = Log in and try again.
hint-search = It may have moved. Search for it, or start at the home page.
hint-wait = Wait a little and try again.
hint-back = Go back and try again; what you typed is still in the form.
error-not-found = There is nothing here.
error-gone = This has been removed.
error-unauthenticated = Please log in first.
error-forbidden = You are not allowed to do this.
error-stale-form = This form is too old to be sent. Go back, reload the page and send it again.
error-malformed = The request could not be understood.
error-choice-unknown = That is none of the choices offered.
error-malformed-json = The JSON body is not what is asked for: { $detail }
error-field-invalid = The field { $field } is missing or wrong: { $detail }
error-parameter-invalid = The parameter { $field } of the address is wrong.
error-method-not-allowed = This address does not take that kind of request.
error-too-large = That is too large to be sent.
error-too-many = That was too often. Try again in { $minutes } min.
error-busy = The server is busy right now. Nothing was saved; please try again in a moment.
error-internal = Something went wrong on our side.
error-search-unavailable = Search is not available right now; try again in a moment.
error-scope-missing = The token lacks the scope { $scope }.
error-idempotency-key-reused = This idempotency key was used for a different request.
error-handle-invalid = A user name has 2 to 20 letters or digits (a Chinese character counts as two), with dots, dashes or underscores only between them.
error-handle-mixed = A user name may not mix alphabets that look alike.
error-handle-taken = This user name is taken, or looks too much like one that is.
error-handle-recent = A user name can be changed once in 30 days. Days until you can change yours: { $days }.
error-name-invalid = The name shown has 1 to 40 characters.
error-email-invalid = This is not an e-mail address.
error-email-taken = This e-mail address is in use by another account.
error-password-length = A password has 12 characters or more, and at most 128 bytes.
error-password-common = This password is among the first to be guessed. Choose another.
error-password-wrong = The current password is not right.
error-credentials-wrong = The name or the password is not right.
error-link-invalid = This link is not valid any more. Ask for a new one.
error-suspended = Your account is suspended: you can read, but not write.
error-reason-invalid = Give a reason of 1 to 500 characters.
error-until-invalid = Choose a date between tomorrow and ten years from now.
error-scopes-missing = Tick at least one scope.
error-days-invalid = A token lasts 1 to 3,650 days. Leave the field empty for one that never expires.
error-token-name-invalid = Give the token a name of 1 to 60 characters.
error-bio-too-long = “About you” has at most 1,000 characters.
error-sign-up-closed = Sign-up is closed. Ask the site’s team for an account.
error-last-administrator = The last administrator must stay one.
error-no-such-member = There is no member “{ $name }”.
error-category-name = The name of a category has 1 to 60 characters.
error-category-slug = The address has 1 to 60 letters, digits and dashes, and is not just a number.
error-category-slug-taken = Another category has this address.
error-category-description = The description has at most 500 characters.
error-colour-invalid = Write a colour as #rrggbb.
error-category-parent = A category cannot lie below itself, and the tree has at most four levels.
error-category-not-empty = The category still has threads or categories below it.
error-category-invalid = Choose a category.
error-category-closed = You cannot open threads in this category.
error-thread-closed = The thread is closed: it takes no more replies.
error-title-missing = Give the thread a title.
error-title-too-long = The title has at most { $limit } characters.
error-kind-invalid = Choose whether it is a discussion or a question.
error-tags-too-many = At most { $limit } tags, please.
error-tag-too-long = A tag has at most { $limit } characters.
error-body-missing = Write something first.
error-reply-to-invalid = The thread has no post with that number.
error-edited-meanwhile = Somebody else saved this post while you were writing. What stands there now is shown below; save again to replace it.
error-body-too-long = The text has { $found } characters; at most { $limit } fit.
error-text-too-long = That is longer than { $limit } characters.
error-links-too-many = The text has { $found } links; at most { $limit } are allowed.
error-mentions-too-many = The text mentions { $found } members; at most { $limit } are allowed.
error-images-too-many = The text has { $found } images; at most { $limit } are allowed.
error-not-an-answer = Only a reply to a question can be the accepted answer.
error-own-post = You cannot like your own post.
error-reaction-invalid = There is no such reaction.
error-pin-until = A pin ends in the future.
error-pin-scope = A pin is for the whole site or for the category.
error-pin-position = The position is a whole number between -1,000 and 1,000.
error-site-name-missing = The site needs a name.
error-half-life = The half-life is between 6 and 8,760 hours.
error-time-zone = There is no time zone of that name. Use one such as Asia/Shanghai or UTC.

# Points and levels
points = Points
points-balance = To spend
points-growth = Growth
points-debt = You owe { $points } points: they were spent and later taken back. What you earn next pays them first.
points-entries = Every entry
points-none = No points yet. Threads, replies, likes from others and accepted answers earn some.
points-rules = What earns points
points-rule = { $points }
points-rule-capped = { $points }, at most { $cap } a day
points-taken-back = Taken back: { $reason }
points-reason-thread = Thread opened
points-reason-reply = Reply
points-reason-like = Like received
points-reason-accepted = Answer accepted
points-reason-first-of-day = First post of the day
points-reason-adjusted = Decided by staff
points-reason-spent = Spent
points-reason-other = Other
points-owed = Owed
levels-one = Level
points-after = Sum after it
points-why = Why
points-none-here = No entries yet.
points-correct = Correct by hand
points-correct-hint = Adds an entry to the ledger; nothing is ever changed or removed. The member reads the reason.
points-correct-delta = Points, with a minus to take
points-correct-reason = Reason
points-correct-book = Book
office-back-to-member = Back to the member
level-n = Level { $n }
level-missing = { $growth } more growth to { $level }
level-highest = This is the highest level.
job-rebuild-points = Rebuild points
office-points = Points and levels
office-points-hint = Rules hold for what happens from now on. What was given stays. No cap: leave empty. A rule with 0 points is off.
office-rules = Rules
rule-points = { $what }: points
rule-cap = { $what }: at most a day
office-levels = Levels
office-levels-hint = Leave a whole row empty to drop the level. Members move to their new levels in the background.
level-threshold = Growth for level { $n }
level-name-in = Level { $n } in { $language }
error-rule-points = Points are a number from 0 to { $most }.
error-rule-cap = A cap is a number from 0 to { $most }, or empty.
error-level-count = There are 1 to { $most } levels.
error-level-first = The first level begins at 0.
error-level-order = Level { $n } must ask for more growth than the one before.
error-level-name = Level { $n } needs a name of 1 to { $limit } characters in each language.
error-points-invalid = Give a number of points other than 0, at most 1,000,000,000 either way.
error-points-reason-invalid = Give a reason of 1 to 200 characters.
error-own-points = Operators cannot book points to themselves; ask another one.
error-not-revocable = This entry cannot be revoked.
error-already-reversed = This entry has been taken back already.
error-insufficient-points = There are not enough points.
reader-points = Points and levels
audit-subject-entry = Entry of points
audit-action-points-adjusted = Points adjusted
audit-action-points-viewed = Points of a member looked at
audit-action-points-revoked = Entry of points revoked
audit-action-points-rules = Rules for points changed
audit-action-points-levels = Levels changed

## How the site looks
office-branding = Branding
brand-look = Colour and type
brand-colour = Brand colour
brand-colour-hint = All other colours follow from this one, light and dark; text always stays readable on them.
brand-family = Type
brand-family-sans = Sans serif
brand-family-serif = Book face
brand-family-rounded = Rounded
brand-own-fonts = Fonts to try first
brand-own-fonts-hint = Names of fonts that your readers have installed, with commas between. Nothing is downloaded.
brand-menu = Links in the menu
brand-footer = Links in the footer
brand-links-hint = A page of this site, such as /tags, or an address that begins with https://. Leave a row empty to drop it.
link-label-n = Label { $n }
link-url-n = Address { $n }
nav-links = More
error-brand-colour = Write the colour as six hexadecimal digits, such as #2f6f6b.
error-brand-font = “{ $name }” is no name of a font. Up to four names may contain letters, digits, spaces and hyphens.
error-link-label = Each link needs a label of at most { $limit } characters.
error-link-address = “{ $name }” is no address: begin with / or https://.
error-too-many-links = There is room for { $limit } links.
audit-action-site-branding = Branding changed

## Writing
tools = Format
tool-bold = Bold
tool-italic = Italic
tool-link = Link
tool-quote = Quote
tool-code = Code
tool-list = List
tool-numbers = Numbered list
tool-table = Table
tool-spoiler = Spoiler
tool-hint = text
tool-names = Suggestions

## Keyboard
keyboard = Keyboard
keyboard-about = Keys for reading and writing at { $site }.
keyboard-off = Single keys on
keyboard-off-hint = They rest while you type. The choice stays in this browser.
key-help = This list
key-next = Next thread or post
key-previous = The one before
key-open = Open
key-reply = Reply
key-quote = Quote
key-like = Like
key-search = Search
key-home = Home
key-latest = Latest
key-compose = New thread
key-close = Close
key-send = Send what is written
load-more = Load the next page

## Pictures
settings-picture = Your picture
settings-picture-hint = PNG, JPEG, WebP or GIF, up to 2 MB. It is cut to a square; where it was taken is not kept.
picture-choose = Choose a picture
picture-upload = Upload
picture-remove = Remove
brand-logo = Logo
brand-logo-now = The logo as it is
brand-logo-hint = PNG, JPEG, WebP or GIF, up to 2 MB. Icons for browsers and phones are made from it.
audit-action-site-logo = Logo changed
error-upload-missing = Choose a picture first.
error-upload-too-large = The file is too large: { $limit } MB at most.
error-upload-too-many-pixels = The picture has too many pixels: 25 million at most, 8,000 a side.
error-upload-format = The file is no PNG, JPEG, WebP or GIF.
error-upload-unreadable = The picture is damaged and cannot be read.
error-too-many-uploads = That was the last of { $limit } uploads for 24 hours.

## Invitations
office-invitations = Invitations
invitations-about = A link for somebody who is to join, also while sign-up is closed, with the role that you choose. Pass it on by mail or chat.
invitation-new = New invitation
invitation-days = Good for days
invitation-uses = How many people
invitation-uses-hint = The link ends when so many have come by it. For an administrator it works once.
invitation-note = Note
invitation-note-hint = For you, to tell the links in the list apart. Nobody else reads it.
invitation-make = Make a link
invitation-link = Link
invitation-once = Copy this link now: it is shown only this once.
copy = Copy
copied = Copied
invitations-open = Open invitations
invitation-by = By
invitation-used = Used
invitation-until = Until
invitation-revoke-confirm = Take this invitation back? Whoever has the link cannot use it any more.
empty-invitations = No invitation is open.
invitation = Invitation
invited-to-join = { $name } invites you to join { $site }. The invitation is good until { $date }.
invited-as = { $name } invites you to { $site } in the role “{ $role }”. The invitation is good until { $date }.
invitation-anyway = You can sign up without it.
invitation-you = You are logged in as @{ $name }. If you accept, this account gets the role.
invitation-accept = Accept
invitation-decline = Not now
invitation-accepted = Your role is now “{ $role }”.
invitation-for-others = You have an account with this role or a higher one, so there is nothing to accept. Pass the link on to whom it is for.
error-invitation-used = This invitation has been used up. Ask whoever gave it to you for a new one.
error-invitation-expired = This invitation has expired. Ask whoever gave it to you for a new one.
error-invitation-revoked = This invitation was taken back. Ask whoever gave it to you for a new one.
error-invitation-idle = Your account has this role or a higher one; the invitation is still good for somebody else.
error-invitation-uses = An invitation is for 1 to { $most } people.
error-invitation-once = An invitation that makes an administrator is for one person.
error-invitation-days = An invitation is good for 1 to { $most } days.
error-invitation-note = The note has at most { $limit } characters.
error-invitations-too-many = { $limit } invitations are open. Take some back first.
audit-subject-invitation = Invitation
audit-action-invitation-accepted = Invitation accepted
audit-action-invitation-made = Invitation made
audit-action-invitation-revoked = Invitation taken back

## The first hour
start-title = First steps
start-about = Five short steps to a forum that is ready for members. Each can be left out, done later, changed and undone.
start-begin = Begin
start-continue = Continue
start-of = Step { $n } of { $of }
start-progress = { $n } of { $of } settled
start-save = Save and continue
start-skip = Skip
start-back = Back
start-finish = Finish
start-undo = Undo this step
start-undo-about = What this step changed can be put back as it was before.
start-undone = Undone: it is as it was before.
start-undone-partly = What is empty is gone. Categories that hold threads by now stay.
start-ready = { $site } is ready for members
start-ready-about = Look at it as your members will, write the first thread, pass on the link. Everything can be changed later in the back office.
start-see = See the forum
start-first-thread = Write the first thread
start-away = Put away
start-away-about = No need for this?
start-is-away = These steps are not shown on the overview.
start-bring-back = Show them again
start-state-open = Open
start-state-skipped = Left out
start-state-done = Done
start-step-language = Language
start-step-language-about = What the site speaks to readers who chose nothing else. Everybody can switch for themselves.
start-step-name = Name
start-step-name-about = What the community is called, and a line that says what it is for.
start-step-look = Look
start-step-look-about = One colour, from which all others follow, and your logo.
start-step-categories = Categories
start-step-categories-about = Where threads are filed. Choose the set that comes closest and change what you like before anything is made.
start-step-invitation = Invitation
start-step-invitation-about = A link for the first members. Pass it on by mail or chat.
start-tagline-hint = For example: questions, answers and experience around our products.
start-zone-hint = By name, such as Asia/Shanghai. The days of the community begin at its midnight.
start-sets = Sets of categories
start-set-vendor = A vendor
start-set-vendor-about = You make products: questions, know-how, ideas.
start-set-retailer = A retailer
start-set-retailer-about = You sell products: advice, orders, reviews.
start-set-service = A service firm
start-set-service-about = You sell know-how: questions to experts, cases, feedback.
start-set-own = My own
start-set-own-about = Empty rows to fill in as you like.
start-row-n = Category { $n }
start-row-make = Make it
start-row-staff = Only staff open threads
start-categories-make = Make these categories
start-categories-none = Tick at least one category that has a name.
start-categories-present = Already here
start-another-link = Another link

## Custom pages
office-pages = Pages
pages-about = Pages of your own, such as house rules, contact or legal notice. They are written in Markdown and can stand in the menu and the footer.
page-new = New page
page-look = Look at it
page-changed = Last changed
page-state-draft = Draft
page-state-published = Published
page-state-removed = Removed
page-is-draft = This is a draft. Only administrators see it.
page-slug-hint = As in /pages/house-rules. Left empty it follows from the title; after a change the old address leads to the new one.
page-description = What the page is about (for search engines)
page-description-hint = Left empty the beginning of the text stands there.
page-link-hint = Put pages into the menu or the footer
page-remove = Remove page
page-remove-confirm = Remove this page? You can bring it back.
pages-removed = Removed
empty-pages = There are no pages yet. House rules make a good first one.
error-page-title = The title has 1 to { $limit } characters.
error-page-slug = The address has 1 to { $limit } lower-case letters, digits and dashes.
error-page-slug-taken = Another page has this address, or one that was removed had it.
error-page-description = The description has at most { $limit } characters.
error-page-changed-meanwhile = Somebody else saved this page while you were writing. What stands there now is shown below; save again to replace it.
error-pages-too-many = There are { $limit } pages already; there is room for no more.
audit-subject-page = Page
audit-action-page-changed = Page changed
audit-action-page-created = Page made
audit-action-page-removed = Page removed
audit-action-page-restored = Page brought back

## What the search is taught
office-search-words = Search words
search-words-about = What the search knows beyond what stands in posts. It holds from the next search on.
synonyms = Words that mean the same
synonyms-new = New group
synonyms-change = Change group
synonyms-terms = Terms
synonyms-hint = “a, b, c”: each finds the others. “a => b, c”: whoever searches for a also finds b and c, but not the other way round. Simplified and traditional characters, capitals and accents are taken for the same anyway.
synonyms-add = Add group
empty-synonyms = No groups yet. Begin with what members call your products.
search-words-own = Words of your own
search-words-new = New words
search-words-typed = Words
search-words-hint = Names of products and the like that shall not be torn apart, one a line or with commas between.
search-words-add = Add words
empty-search-words = No words yet.
search-words-limits = There is room for { $groups } groups and { $words } words.
error-synonym-term = “{ $term }”: a term has 1 to { $limit } characters on one line, without commas.
error-synonyms-too-few = A group needs at least two terms that differ.
error-synonyms-too-many-terms = A group has at most { $limit } terms.
error-synonyms-arrows = A group has one arrow at most.
error-synonyms-known = Another group says the same.
error-synonyms-full = There are { $limit } groups already; there is room for no more.
error-search-word = “{ $word }”: a word has { $least } to { $limit } characters.
error-search-words-missing = Write at least one word.
error-search-words-known = The search knows these words already.
error-search-words-full = There is room for { $limit } words.
audit-subject-synonyms = Synonyms
audit-subject-words = Words of the search
audit-action-synonyms-added = Synonyms added
audit-action-synonyms-changed = Synonyms changed
audit-action-synonyms-removed = Synonyms removed
audit-action-words-added = Search words added
audit-action-words-removed = Search word removed

## What was searched for
office-search = Searches
search-log-about = What is searched for here, without saying by whom. A query is listed once three different people have asked it within 30 days. Everything is kept for 90 days.
search-log-days = { $n } days
search-log-searches = Searches
search-log-nothing = Nothing found
search-log-opened = Result opened
search-log-gap = Asked in vain
search-log-gap-about = Queries that found nothing, or of whose results nobody opened any. Here something is worth writing, or a synonym worth teaching.
search-log-top = Top queries
search-log-query = Query
search-log-times = Asked
search-log-came = What came
search-log-came-nothing = Nothing
search-log-came-part = Only some of the words
search-log-came-unopened = Found: { $n }, none opened
search-log-write = Write about it
search-log-csv = Download CSV
search-log-positions = Opened by position
search-log-position = Place { $n }
search-log-rate = { $opened } of { $shown } ({ $share }%)
empty-search-gap = Nothing that several people asked was asked in vain.
empty-search-top = Nothing has been asked by several people yet.
empty-search-clicks = No result has been opened yet.

## Posts that look the same
office-duplicates = Duplicates
duplicates-about = Posts that say nearly the same as another one. Nothing happens to them by itself: look at them, lead one thread to the other, or say that they are no duplicates.
duplicate-of = Looks like
duplicate-dismiss = Not a duplicate
empty-duplicates = No two posts look the same.
reader-duplicates = Duplicates
audit-action-duplicate-dismissed = Found to be no duplicate

## Offline
offline = You are offline
offline-about = There is no connection to the site at the moment. What you have typed stays in this browser, and the public threads that you read last can be read here.
offline-again = Try again
offline-kept = You are offline. This copy was kept on
offline-all = Threads you read last
offline-none = No thread has been kept in this browser yet.

## What came meanwhile
fresh-thread-one = 1 thread with something new. Show it
fresh-threads = { $n } threads with something new. Show them
fresh-threads-most = { $n } threads or more with something new. Show them
fresh-post-one = 1 new reply. Show it
fresh-posts = { $n } new replies. Show them

## Parts
style = Parts
style-about = Every part of the pages in every state, in the colours of this site. Look here after changing the brand.
style-colours = Colours
style-buttons = Buttons and menus
style-fields = Fields
style-notes = Notices
style-marks = Marks and people
style-heat = Levels and heat
style-lists = Lists
style-cards = Cards and tables
style-prose = Text of posts
