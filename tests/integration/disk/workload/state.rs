//! The values of a store, as a model and as they are.

use std::{collections::BTreeMap, error::Error};

use super::{Item, Op, Post, Shop};

/// All values, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    items: BTreeMap<u16, Item>,
    posts: BTreeMap<u16, Post>,
}

impl State {
    /// Reads all that a store shows.
    pub(crate) fn of(shop: &Shop) -> Result<Self, Box<dyn Error>> {
        let items = shop.items.iter().map(|item| item.map(|item| (item.id, item)));
        let posts = shop.posts.iter().map(|post| post.map(|post| (post.id, post)));
        Ok(Self { items: items.collect::<Result<_, _>>()?, posts: posts.collect::<Result<_, _>>()? })
    }

    /// Keeps what one lane writes.
    pub(crate) fn of_lane(&self, lane: u8) -> Self {
        let is_its = |id: &u16| id.to_be_bytes()[0] == lane;
        let items = self.items.iter().filter(|(id, _)| is_its(id));
        let posts = self.posts.iter().filter(|(id, _)| is_its(id));
        Self {
            items: items.map(|(id, item)| (*id, item.clone())).collect(),
            posts: posts.map(|(id, post)| (*id, post.clone())).collect(),
        }
    }

    pub(crate) fn apply(&mut self, op: Op) {
        match op {
            Op::Put(item) => drop(self.items.insert(item.id, item)),
            Op::Remove(id) => drop(self.items.remove(&id)),
            Op::Post(post) => drop(self.posts.insert(post.id, post)),
            Op::Unpost(id) => drop(self.posts.remove(&id)),
        }
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    pub(crate) fn posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values()
    }
}
