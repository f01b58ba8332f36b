//! A journal in the hands of several.

use std::cell::RefCell;
use std::rc::Rc;

use super::Journal;
use crate::error::Error;
use crate::target::Target;

/// A journal on loan, for whoever tells it something; or none.
#[derive(Clone, Default)]
pub struct SharedJournal(Option<Rc<RefCell<Journal>>>);

impl SharedJournal {
    pub fn of(journal: &Rc<RefCell<Journal>>) -> Self {
        SharedJournal(Some(Rc::clone(journal)))
    }

    /// Does something with the journal, if there is one.
    pub fn tell<T>(&self, what: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        self.0
            .as_ref()
            .map(|journal| what(&mut journal.borrow_mut()))
    }

    /// Writes down what there is, once a turn; what went wrong with that, once.
    pub fn settle(&self) -> Option<Error> {
        self.tell(|journal| {
            journal.flush_record();
            journal.take_record_error()
        })?
    }

    /// The run is over, with these failures, `target` being the server if there is one; what went
    /// wrong with the recording at its end.
    pub fn conclude<'e>(
        &self,
        errors: impl IntoIterator<Item = &'e Error>,
        target: Option<&Target>,
    ) -> Option<Error> {
        let errors: Vec<&Error> = errors.into_iter().collect();
        self.tell(|journal| journal.conclude(&errors, target))?
    }

    /// Whether to wait with more until the lines have been passed on.
    pub fn is_full(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|journal| journal.borrow().is_full())
    }

    /// Whether there are lines for stdout.
    pub fn is_waiting(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|journal| journal.borrow().is_waiting())
    }
}
