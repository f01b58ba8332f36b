//! What is still to be drawn, in its order: lines, and messages by their numbers.
//!
//! Messages are rendered only when the screen takes them, a batch a frame. What
//! cannot be drawn in time is left out and counted: messages stay in the session's
//! window. Whoever delivers holds back while there is no room, which is never for longer
//! than [`PATIENCE`], and once: when that did not help, nothing is held back until all is
//! drawn, else what the network holds would be late by many times that, pings too.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::screen::Pace;
use super::session::{MAX_KEPT, Session};
use crate::engine::Output;
use crate::render::counted;
use crate::ws::Role;

/// How long something waits to be drawn before it is left out.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two batches: what comes meanwhile is drawn at once.
const FRAME: Duration = Duration::from_millis(16);
/// Messages that wait, at most: the session keeps some more.
const MAX_MESSAGES: usize = MAX_KEPT * 9 / 10;
/// Of these, the last are drawn however late it is: a windowful, but no more.
const MAX_WINDOWFUL: usize = MAX_MESSAGES / 2;
/// Lines that nobody asked for and that wait, in bytes, at most.
const MAX_OFFERED: usize = 256 * 1024;
/// Lines that somebody asked for, in bytes, above which no more should be asked for.
const MAX_SAID: usize = 256 * 1024;
/// Long texts are drawn in parts of this size, in bytes, cut at line ends.
const PART: usize = 8 * 1024;

/// See the module's head.
pub(super) struct Feed {
    /// Of which end of connections it tells.
    role: Role,
    items: VecDeque<Item>,
    /// Of the items, how many are messages; and the bytes of the others.
    messages: usize,
    offered: usize,
    said: usize,
    missed: Missed,
    /// Since when there has been no room now and then, if all has not been drawn since;
    held: Option<Instant>,
    /// and to hold back did not help.
    flooded: bool,
    /// Lines that were left out.
    missed_lines: u64,
    /// Nothing is drawn before.
    next: Option<Instant>,
    /// Messages that came while nothing was to be drawn.
    paused: Option<Missed>,
}

enum Item {
    Message(u64),
    /// A message that was asked for, whole.
    Whole(u64),
    /// What has to be drawn, and where that begins of it that has not been.
    Said(String, usize),
    /// What may be left out, and since when it waits.
    Offered(String, Instant),
}

/// How a message is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Folded,
    Whole,
}

/// Messages that were not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) count: u64,
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Missed {
    fn add(&mut self, number: u64) {
        if self.count == 0 {
            self.first = number;
        }
        self.last = number;
        self.count += 1;
    }

    /// `12`, or `12-4131`
    pub(super) fn numbers(&self) -> String {
        match self.count {
            1 => self.last.to_string(),
            _ => format!("{}-{}", self.first, self.last),
        }
    }
}

impl Feed {
    pub(super) fn new(role: Role) -> Self {
        Feed {
            role,
            items: VecDeque::new(),
            messages: 0,
            offered: 0,
            said: 0,
            missed: Missed::default(),
            held: None,
            flooded: false,
            missed_lines: 0,
            next: None,
            paused: None,
        }
    }

    /// A message that is to be drawn.
    pub(super) fn message(&mut self, number: u64) {
        match &mut self.paused {
            Some(meanwhile) => meanwhile.add(number),
            None => {
                self.items.push_back(Item::Message(number));
                self.messages += 1;
                if self.flooded && self.messages >= MAX_MESSAGES {
                    self.leave_out_messages(MAX_WINDOWFUL);
                }
            }
        }
    }

    /// A message that must be drawn whole.
    pub(super) fn whole(&mut self, number: u64) {
        self.items.push_back(Item::Whole(number));
    }

    /// Whole lines that must be drawn.
    pub(super) fn say(&mut self, lines: &str) {
        if !lines.is_empty() {
            self.said += lines.len();
            self.items.push_back(Item::Said(lines.to_owned(), 0));
        }
    }

    /// Whole lines that may be left out when they cannot be drawn in time.
    pub(super) fn offer(&mut self, lines: &str, now: Instant) {
        if !lines.is_empty() {
            self.offered += lines.len();
            self.items.push_back(Item::Offered(lines.to_owned(), now));
            if self.flooded && self.offered >= MAX_OFFERED {
                self.leave_out_lines();
            }
        }
    }

    /// Whether more may come.
    pub(super) fn has_room(&self) -> bool {
        self.flooded || self.messages < MAX_MESSAGES && self.offered < MAX_OFFERED
    }

    /// Whether more may be asked for.
    pub(super) fn takes_questions(&self) -> bool {
        self.said < MAX_SAID
    }

    /// Whether everything has been drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.missed.count == 0 && self.missed_lines == 0
    }

    /// Whether drawing is paused.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// Draws no messages from now on.
    pub(super) fn pause(&mut self) {
        self.paused.get_or_insert_default();
    }

    /// Draws again; what came meanwhile, if it was paused.
    pub(super) fn resume(&mut self) -> Option<Missed> {
        self.paused.take()
    }

    /// When to draw next, if something waits and the screen takes it; else when
    /// what waits is left out, if others wait for that.
    pub(super) fn deadline(&self, screen: &Output, session: &Session) -> Option<Instant> {
        if self.is_empty() {
            return None;
        }
        match screen.is_full() {
            true if self.has_room() => None,
            true => self.oldest(session).map(|at| at + PATIENCE),
            false => self.next,
        }
    }

    /// Whether there is something to draw now.
    pub(super) fn is_due(&self, screen: &Output, now: Instant) -> bool {
        !self.is_empty() && !screen.is_full() && self.next.is_none_or(|next| next <= now)
    }

    /// Hands the screen what it takes; `paint` renders a message. `rows` is the
    /// height of the window.
    pub(super) fn draw(
        &mut self,
        screen: &mut Output,
        pace: &Pace,
        session: &Session,
        now: Instant,
        rows: usize,
        paint: &mut dyn FnMut(u64, Size) -> Option<String>,
    ) {
        self.leave_out(session, now, rows);
        if !self.is_due(screen, now) {
            return;
        }
        let mut size = 0;
        while size < pace.batch() {
            let Some(item) = self.items.pop_front() else {
                break;
            };
            let Some(lines) = self.lines(item, paint) else {
                continue;
            };
            let told = self.tell_of_missed();
            screen.push(told.as_bytes());
            screen.push(lines.as_bytes());
            size += told.len() + lines.len();
        }
        if self.items.is_empty() {
            self.held = None;
            self.flooded = false;
            screen.push(self.tell_of_missed().as_bytes());
        }
        self.next = Some(now + FRAME);
    }

    /// What is drawn next of an item; a message that is no longer kept is missed.
    fn lines(
        &mut self,
        item: Item,
        paint: &mut dyn FnMut(u64, Size) -> Option<String>,
    ) -> Option<String> {
        match item {
            Item::Said(lines, from) => {
                let part = part_of(&lines[from..]).to_owned();
                self.said -= part.len();
                let behind = from + part.len();
                if behind < lines.len() {
                    self.items.push_front(Item::Said(lines, behind));
                }
                Some(part)
            }
            Item::Whole(number) => {
                let gone = || format!("* message {number} is no longer kept\n");
                let lines = paint(number, Size::Whole).unwrap_or_else(gone);
                self.said += lines.len();
                self.items.push_front(Item::Said(lines, 0));
                None
            }
            Item::Offered(lines, _) => {
                self.offered -= lines.len();
                Some(lines)
            }
            Item::Message(number) => {
                self.messages -= 1;
                let lines = paint(number, Size::Folded);
                if lines.is_none() {
                    self.missed.add(number);
                }
                lines
            }
        }
    }

    /// From now on nothing waits for the next frame.
    pub(super) fn hurry(&mut self) {
        self.next = None;
    }

    /// Nothing but what must be is drawn of what waits.
    pub(super) fn give_up(&mut self) {
        self.leave_out_messages(0);
        self.leave_out_lines();
    }

    /// Leaves out what has waited too long, but for the last `rows` messages.
    fn leave_out(&mut self, session: &Session, now: Instant, rows: usize) {
        let late = |at: Instant| now.saturating_duration_since(at) >= PATIENCE;
        let rows = rows.min(MAX_WINDOWFUL);
        if !self.has_room() {
            let held = *self.held.get_or_insert(now);
            self.flooded = late(held);
        }
        // Those of which none is kept any more are as late as can be.
        if self.messages > rows && self.oldest_message(session).is_none_or(late) {
            self.flooded |= !self.has_room();
            self.leave_out_messages(rows);
        }
        if self.offered >= MAX_OFFERED && self.oldest_line().is_some_and(late) {
            self.flooded = true;
            self.leave_out_lines();
        }
    }

    fn leave_out_messages(&mut self, rows: usize) {
        let mut surplus = self.messages.saturating_sub(rows);
        self.messages -= surplus;
        let missed = &mut self.missed;
        self.items.retain(|item| match item {
            Item::Message(number) if surplus > 0 => {
                surplus -= 1;
                missed.add(*number);
                false
            }
            _ => true,
        });
    }

    fn leave_out_lines(&mut self) {
        self.offered = 0;
        let missed = &mut self.missed_lines;
        self.items.retain(|item| match item {
            Item::Offered(lines, _) => {
                *missed += lines.lines().count() as u64;
                false
            }
            _ => true,
        });
    }

    /// When the oldest came of what keeps others from coming.
    fn oldest(&self, session: &Session) -> Option<Instant> {
        match self.messages < MAX_MESSAGES {
            true => self.oldest_line(),
            false => self.oldest_message(session),
        }
    }

    /// When the oldest message that waits came, of those that are still kept.
    fn oldest_message(&self, session: &Session) -> Option<Instant> {
        self.items.iter().find_map(|item| match item {
            Item::Message(number) => session.get(*number).map(|entry| entry.at),
            _ => None,
        })
    }

    fn oldest_line(&self) -> Option<Instant> {
        self.items.iter().find_map(|item| match item {
            Item::Offered(_, at) => Some(*at),
            _ => None,
        })
    }

    fn tell_of_missed(&mut self) -> String {
        let missed = std::mem::take(&mut self.missed);
        let mut text = match missed.count {
            0 => String::new(),
            count => format!(
                "* {} not shown, /show them ({}){}\n",
                counted(count, "message"),
                missed.numbers(),
                match self.role {
                    Role::Client => " or --record",
                    // It has no recording.
                    Role::Server => "",
                }
            ),
        };
        match std::mem::take(&mut self.missed_lines) {
            0 => {}
            count => text += &format!("* {} not shown\n", counted(count, "line")),
        }
        text
    }
}

/// What is drawn of a text at once: whole lines, no less than one.
fn part_of(text: &str) -> &str {
    if text.len() <= PART {
        return text;
    }
    let before = memchr::memrchr(b'\n', &text.as_bytes()[..PART]);
    let end = before.or_else(|| memchr::memchr(b'\n', text.as_bytes()));
    end.map_or(text, |at| &text[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::message::Message;
    use crate::prompt::session::{Entry, Mark};
    use crate::render::grouped;
    use crate::ws::Direction;
    use std::sync::{Arc, Mutex};

    const ROWS: usize = 5;

    /// A feed on a screen that remembers what it was given.
    struct Scene {
        feed: Feed,
        session: Session,
        screen: Output,
        shown: Arc<Mutex<String>>,
        start: Instant,
    }

    impl Scene {
        fn new() -> Self {
            let shown = Arc::new(Mutex::new(String::new()));
            let sink = Arc::clone(&shown);
            let waker = Engine::new().unwrap().waker();
            let screen = Output::through(waker, move |batch| {
                sink.lock()
                    .unwrap()
                    .push_str(str::from_utf8(batch).unwrap());
                Ok(())
            });
            Scene {
                feed: Feed::new(Role::Client),
                session: Session::default(),
                screen,
                shown,
                start: Instant::now(),
            }
        }

        fn receive(&mut self, count: usize) {
            for _ in 0..count {
                let number = self.session.add(Entry {
                    at: self.start,
                    direction: Direction::Received,
                    client: None,
                    message: Message::Text("x".into()),
                });
                self.feed.message(number);
            }
        }

        /// Draws all there is, `after` the messages came; what was shown.
        fn draw(&mut self, after: Duration) -> String {
            while !self.feed.is_empty() {
                self.feed.hurry();
                let now = self.start + after;
                let session = &self.session;
                self.feed.draw(
                    &mut self.screen,
                    &Pace::default(),
                    session,
                    now,
                    ROWS,
                    &mut |number, size| {
                        let text = match size {
                            Size::Folded => format!("{number}\n"),
                            Size::Whole => format!("{number} whole\n").repeat(PART),
                        };
                        session.get(number).map(|_| text)
                    },
                );
                self.screen.settle(Instant::now() + Duration::from_secs(10));
            }
            std::mem::take(&mut self.shown.lock().unwrap())
        }
    }

    #[test]
    fn lines_and_messages_are_drawn_in_their_order() {
        let mut scene = Scene::new();
        scene.receive(1);
        scene.feed.say("* one\n* two\n");
        scene.receive(2);
        assert_eq!(scene.draw(Duration::ZERO), "1\n* one\n* two\n2\n3\n");
        assert!(scene.feed.is_empty() && !scene.feed.is_due(&scene.screen, scene.start));
    }

    #[test]
    fn what_waited_too_long_is_left_out_but_for_a_windowful_and_counted() {
        let mut scene = Scene::new();
        scene.receive(2000);
        scene.feed.say("* a notice\n");
        let told = "* 1,995 messages not shown, /show them (1-1995) or --record\n";
        let expected = format!("{told}1996\n1997\n1998\n1999\n2000\n* a notice\n");
        assert_eq!(scene.draw(PATIENCE), expected);
        scene.receive(ROWS);
        let lines = scene.draw(10 * PATIENCE);
        assert_eq!(lines.lines().count(), ROWS, "{lines}");
    }

    #[test]
    fn a_server_names_no_recording_because_it_has_none() {
        let mut scene = Scene::new();
        scene.feed = Feed::new(Role::Server);
        scene.receive(ROWS + 2);
        let lines = scene.draw(PATIENCE);
        let told = "* 2 messages not shown, /show them (1-2)\n3\n";
        assert!(lines.starts_with(told), "{lines}");
    }

    #[test]
    fn what_is_no_longer_kept_is_counted_wherever_it_stood() {
        let mut scene = Scene::new();
        scene.receive(MAX_KEPT + 3);
        let lines = scene.draw(Duration::ZERO);
        let told = "* 3 messages not shown, /show them (1-3) or --record\n4\n";
        assert!(lines.starts_with(told), "{}", &lines[..80]);
        assert_eq!(lines.lines().count(), MAX_KEPT + 1);
    }

    #[test]
    fn there_is_room_until_messages_or_lines_would_be_lost() {
        let mut scene = Scene::new();
        scene.receive(MAX_MESSAGES - 1);
        assert!(scene.feed.has_room());
        scene.receive(1);
        assert!(!scene.feed.has_room());
        scene.draw(Duration::ZERO);
        assert!(scene.feed.has_room());
        scene
            .feed
            .offer(&"line\n".repeat(MAX_OFFERED / 5 + 1), scene.start);
        assert!(!scene.feed.has_room());
        scene.draw(Duration::ZERO);
        assert!(scene.feed.has_room() && scene.feed.takes_questions());
        scene.feed.say(&"long line\n".repeat(MAX_SAID / 10 + 1));
        assert!(scene.feed.has_room() && !scene.feed.takes_questions());
        scene.draw(Duration::ZERO);
        assert!(scene.feed.takes_questions());
    }

    #[test]
    fn a_window_of_any_height_leaves_room_in_time() {
        let mut scene = Scene::new();
        scene.receive(MAX_MESSAGES);
        let late = scene.start + PATIENCE;
        scene.feed.leave_out(&scene.session, late, usize::MAX);
        assert!(scene.feed.has_room());
    }

    #[test]
    fn what_is_no_longer_kept_is_late() {
        let mut scene = Scene::new();
        scene.session.mark(scene.start, Mark::Lost);
        scene.receive(MAX_MESSAGES);
        for _ in 0..2 {
            scene.session.add(Entry {
                at: scene.start,
                direction: Direction::Sent,
                client: None,
                message: Message::Binary(vec![0; 32 * 1024 * 1024]),
            });
        }
        scene.feed.leave_out(&scene.session, scene.start, ROWS);
        assert!(scene.feed.has_room());
    }

    #[test]
    fn a_screen_that_nearly_keeps_up_holds_nothing_back_for_longer_than_that() {
        let mut scene = Scene::new();
        for (since_before, room) in [(0, false), (600, false), (600, true)] {
            scene.start += Duration::from_millis(since_before);
            scene.feed.items.clear();
            scene.feed.messages = 0;
            scene.receive(MAX_MESSAGES);
            scene.feed.leave_out(&scene.session, scene.start, ROWS);
            assert_eq!(scene.feed.has_room(), room);
        }
        scene.draw(Duration::ZERO);
        scene.receive(MAX_MESSAGES);
        assert!(!scene.feed.has_room());
    }

    #[test]
    fn a_flood_is_held_back_once_until_all_is_drawn() {
        let mut scene = Scene::new();
        scene.receive(MAX_MESSAGES);
        assert!(!scene.feed.has_room());
        let late = scene.start + PATIENCE;
        scene.feed.leave_out(&scene.session, late, ROWS);
        scene.receive(3 * MAX_MESSAGES);
        assert!(scene.feed.has_room());
        assert!(scene.feed.messages < MAX_MESSAGES);
        let lines = scene.draw(Duration::ZERO);
        assert!(
            lines.ends_with("\n36000\n"),
            "{}",
            &lines[lines.len() - 20..]
        );
        let told = lines.lines().next().unwrap_or_default();
        let drawn = lines.lines().count() - 1;
        let missed = grouped((4 * MAX_MESSAGES - drawn) as u64);
        assert!(
            told.starts_with(&format!("* {missed} messages not shown, ")),
            "{told}"
        );
        scene.receive(MAX_MESSAGES);
        assert!(!scene.feed.has_room());
    }

    #[test]
    fn lines_that_nobody_asked_for_are_left_out_in_time_and_counted() {
        let mut scene = Scene::new();
        for _ in 0..=MAX_OFFERED / 5 {
            scene.feed.offer("line\n", scene.start);
        }
        scene.feed.say("* said\n");
        let expected = "* 52,429 lines not shown\n* said\n";
        assert_eq!(scene.draw(PATIENCE), expected);
        scene.feed.offer("late, but there is room\n", scene.start);
        assert_eq!(scene.draw(PATIENCE), "late, but there is room\n");
    }

    #[test]
    fn what_is_given_up_is_counted_and_what_was_said_stays() {
        let mut scene = Scene::new();
        scene.receive(2);
        scene.feed.say("* said\n");
        scene.feed.offer("offered\n", scene.start);
        scene.feed.give_up();
        let told = "* 2 messages not shown, /show them (1-2) or --record\n* 1 line not shown\n";
        assert_eq!(scene.draw(Duration::ZERO), format!("{told}* said\n"));
    }

    #[test]
    fn a_long_text_is_drawn_in_parts_that_end_with_a_line() {
        let mut scene = Scene::new();
        let long = "x".repeat(3 * PART);
        let text = format!("{}{long}\n{}", "line\n".repeat(PART), "end\n".repeat(PART));
        scene.feed.say(&text);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let part = part_of(rest);
            assert!(part.ends_with('\n') && part.len() <= 3 * PART + 1);
            rest = &rest[part.len()..];
        }
        assert_eq!(scene.draw(Duration::ZERO), text);
    }

    #[test]
    fn what_is_asked_for_is_painted_in_its_turn_and_never_left_out() {
        let mut scene = Scene::new();
        scene.receive(100);
        scene.feed.whole(7);
        scene.feed.whole(101);
        scene.feed.say("* behind\n");
        let lines = scene.draw(PATIENCE);
        let expected = "7 whole\n".repeat(PART) + "* message 101 is no longer kept\n* behind\n";
        assert!(lines.ends_with(&format!("\n100\n{expected}")));
        assert_eq!(scene.feed.said, 0);
    }

    #[test]
    fn a_pause_counts_what_comes_and_draws_none_of_it() {
        let mut scene = Scene::new();
        scene.receive(1);
        scene.feed.pause();
        scene.receive(7);
        scene.feed.say("* a notice\n");
        assert_eq!(scene.draw(Duration::ZERO), "1\n* a notice\n");
        let meanwhile = scene.feed.resume().unwrap();
        assert_eq!((meanwhile.count, meanwhile.numbers()), (7, "2-8".into()));
        scene.receive(1);
        assert_eq!(scene.draw(Duration::ZERO), "9\n");
        assert_eq!(scene.feed.resume(), None);
    }
}
