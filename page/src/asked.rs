//! What has been asked of a worker, and what it says. Pure: [`crate::explainer`] is the worker.

use connlab::question::{Question, Topic};

use crate::panel::Told;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// Whoever explains.
    Explainer,
    /// One for the scene alone, which does not wait for explanations.
    Stage,
}

impl Worker {
    /// All of them.
    pub const ALL: [Worker; 2] = [Worker::Explainer, Worker::Stage];
}

/// What a worker said.
#[derive(Clone, Debug)]
pub enum News {
    /// It listens.
    Ready,
    /// It does not work.
    Lost,
    /// An answer, or a part of one.
    Told(Told),
}

/// The last question of each topic, and whether it is answered.
#[derive(Default)]
pub struct Asked(Vec<(Question, bool)>);

impl Asked {
    /// Whether this is to be asked: it was not the last question of its topic. Of the sockets, which follow the
    /// playhead, there is one open question at a time, so that answers keep coming.
    pub fn wants(&self, question: &Question) -> bool {
        match self.0.iter().find(|(last, _)| last.topic == question.topic) {
            Some((last, _)) if last == question => false,
            Some((_, is_answered)) => *is_answered || question.topic != Topic::Sockets,
            None => true,
        }
    }

    /// It is asked, in place of the one before.
    pub fn put(&mut self, question: Question) {
        self.0.retain(|(last, _)| last.topic != question.topic);
        self.0.push((question, false));
    }

    /// There is an answer.
    pub fn answered(&mut self, told: &Told) {
        if let Some((_, is_answered)) = self.0.iter_mut().find(|(question, _)| *question == told.question) {
            *is_answered = told.is_whole;
        }
    }

    /// What was asked of a topic is asked again.
    pub fn renew(&mut self, topic: Topic) {
        self.0.retain(|(question, _)| question.topic != topic);
    }

    /// Drops the questions that have not been answered yet; whether there were any.
    pub fn forget(&mut self) -> bool {
        let asked = self.0.len();
        self.0.retain(|(_, is_answered)| *is_answered);
        self.0.len() < asked
    }

    /// Those that have not been answered yet.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.0.iter().filter(|(_, is_answered)| !is_answered).map(|(question, _)| question)
    }

    /// All of them.
    pub fn questions(&self) -> Vec<Question> {
        self.0.iter().map(|(question, _)| question.clone()).collect()
    }
}
