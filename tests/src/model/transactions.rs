//! Transactions over two schemas, which see what they wrote.

use netabase::{NetabaseSchema, TransactionError};
use rand::{RngExt, rngs::SmallRng};

use super::{
    Outcome,
    peer::Peer,
    schemas::{Card, Item, Modelled},
    writes::{Writes, note, told},
};

impl Peer {
    /// Several schemas at once, or nothing.
    pub(super) fn transaction(&mut self, rng: &mut SmallRng, stamp: u64, room: usize) -> Outcome {
        let (mut items, mut cards) = (Writes::<Item>::new(), Writes::<Card>::new());
        let gives_up = rng.random_ratio(1, 5);
        let (of_items, of_cards) = (&self.items, &self.cards);
        let done = self.store.transaction(|tx| {
            items.clear();
            cards.clear();
            for number in 0..rng.random_range(1..6) {
                match rng.random_range(0..4) {
                    0..2 => {
                        let item = Item::make(rng, stamp + number);
                        let seen = tx.get(&of_items.mine, &item.key())?;
                        let expected = match items.get(&item.key()) {
                            Some((value, _)) => value.as_ref(),
                            None => of_items.get(&item.key()),
                        };
                        assert_eq!(seen.as_ref(), expected, "a transaction sees what it wrote");
                        tx.put(&of_items.mine, &item)?;
                        note(&mut items, item.key(), Some(item));
                    }
                    2 => {
                        let card = Card::make(rng, stamp + number);
                        tx.put(&of_cards.mine, &card)?;
                        note(&mut cards, card.key(), Some(card));
                    }
                    _ => {
                        let key = Card::some_key(rng);
                        let was_there = tx.remove(&of_cards.mine, &key)?;
                        let expected = match cards.get(&key) {
                            Some((value, _)) => value.is_some(),
                            None => of_cards.get(&key).is_some(),
                        };
                        assert_eq!(was_there, expected, "remove in a transaction");
                        if was_there {
                            note(&mut cards, key, None);
                        }
                    }
                }
            }
            Ok::<_, TransactionError>(!gives_up)
        });
        // The closure that gives up ends well, and says so: what it wrote stands.
        let expected = self.items.refusal(&items, room, self.cards.grown(&cards));
        match told(done)? {
            Err(refusal) => assert_eq!(Some(refusal), expected, "transaction"),
            Ok(said) => {
                assert_eq!((said, expected), (!gives_up, None), "transaction");
                self.items.apply(items, Item::LIFE_MS, self.passed)?;
                self.cards.apply(cards, Card::LIFE_MS, self.passed)?;
            }
        }
        Ok(())
    }
}
