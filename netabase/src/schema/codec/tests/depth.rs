//! How deep values may be, and that so deep they fit on a small stack.

use super::{
    encoded, on_a_small_stack,
    shapes::{Node, Tree, Unit},
};
use crate::schema::codec::{DecodeError, EncodeError, MAX_DEPTH, decode};

/// Wraps a tree in one more container, or two; says how many.
type Wrap = fn(Tree) -> (Tree, usize);

const WRAPS: [Wrap; 8] = [
    |tree| (Tree::Wrapped(Box::new(tree)), 1),
    |tree| (Tree::Pair(Box::default(), Box::new(tree)), 1),
    |tree| (Tree::Named { first: Unit, child: Box::new(tree) }, 1),
    |tree| (Tree::Maybe(Some(Box::new(tree))), 2),
    |tree| (Tree::Many(vec![tree]), 2),
    |tree| (Tree::Many(vec![Tree::Leaf, tree, Tree::Leaf, Tree::Leaf, Tree::Leaf]), 2),
    |tree| (Tree::Table([(7, tree)].into()), 2),
    |tree| (Tree::Tuple((7, Box::new(tree))), 2),
];

fn nested(wraps: &[Wrap], levels: usize) -> Tree {
    let (mut tree, mut depth) = (Tree::Leaf, 0);
    for wrap in wraps.iter().cycle() {
        let more;
        (tree, more) = wrap(tree);
        depth += more;
        if depth >= levels {
            break;
        }
    }
    tree
}

#[test]
fn the_deepest_values_fit_on_a_small_stack() {
    let limit = usize::from(MAX_DEPTH);
    let all = WRAPS.map(|wrap| [wrap]);
    for wraps in all.iter().map(<[_; 1]>::as_slice).chain([&WRAPS[..3], &WRAPS[3..]]) {
        on_a_small_stack(|| {
            let tree = nested(wraps, limit);
            let bytes = encoded(&tree).expect("exactly the limit");
            let decoded = decode::<Tree>(&bytes).expect("what encodes also decodes");
            assert_eq!(decoded, tree);
            drop(decoded);

            let deeper = Tree::Wrapped(Box::new(tree));
            assert_eq!(encoded(&deeper), Err(EncodeError::TooDeep));
            // `Wrapped` is the third variant.
            let refused = decode::<Tree>(&[&[2][..], &bytes].concat());
            assert!(matches!(refused, Err(DecodeError::TooDeep { .. })), "{refused:?}");
        });
    }
}

#[test]
fn the_deepest_vectors_of_themselves() {
    let mut node = Node::default();
    // A node is a newtype with a sequence in it.
    for _ in 1..MAX_DEPTH / 2 {
        node = Node(vec![node, Node::default()]);
    }
    on_a_small_stack(|| {
        let bytes = encoded(&node).expect("exactly the limit");
        assert_eq!(decode::<Node>(&bytes).as_ref(), Ok(&node));
    });
    assert_eq!(encoded(&Node(vec![node])), Err(EncodeError::TooDeep));
}

#[test]
fn depth_counts_containers_not_siblings() {
    let wide = Tree::Many(vec![nested(&WRAPS, 50); 1000]);

    let bytes = encoded(&wide).expect("wide is not deep");

    assert_eq!(decode::<Tree>(&bytes), Ok(wide));
}

#[test]
fn values_far_beyond_the_limit_are_refused_by_encode() {
    for wrap in &WRAPS {
        // Only encoding is on the small stack: such a value needs a larger one to be dropped.
        let deep = nested(&[*wrap], 1000);
        assert_eq!(on_a_small_stack(|| encoded(&deep)), Err(EncodeError::TooDeep));
    }
}
