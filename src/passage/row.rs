//! Rows of tables, and which parts of them are text.

use super::role::Role;
use crate::source::{Block, BlockKind, MESSAGE_HEADER};

/// The role of every block of a row of a table. A text in a table is meant as text, however much it looks like a
/// caption or a headline: only what its own markup sets aside is furniture, and a heading counts as one only if a text
/// follows.
pub fn roles(blocks: &[Block], title: Option<&str>) -> Vec<Role> {
    let mut text_follows = false;
    let mut roles: Vec<Role> = blocks.iter().rev().map(|block| role_in_row(block, &mut text_follows)).collect();
    roles.reverse();
    if let Some(role) = roles.first_mut().filter(|role| **role == Role::Heading && title.is_none()) {
        *role = Role::Title;
    }
    // A text that is set aside completely is still all that the row says; a message may have no text of its own.
    let is_message = blocks.iter().any(|block| block.kind == BlockKind::Furniture(MESSAGE_HEADER));
    if !roles.contains(&Role::Text) && !is_message {
        roles.fill(Role::Text);
    }
    roles
}

fn role_in_row(block: &Block, text_follows: &mut bool) -> Role {
    let role = match block.kind {
        BlockKind::NotProse => Role::Furniture("code or markup"),
        BlockKind::Caption => Role::Furniture("caption"),
        BlockKind::Furniture(reason) => Role::Furniture(reason),
        // The speaker is empty if only times are given.
        BlockKind::Speaker => Role::Speaker,
        _ if !block.text.as_str().contains(char::is_alphanumeric) => Role::Furniture("rule"),
        BlockKind::Heading if *text_follows => Role::Heading,
        BlockKind::Heading | BlockKind::Paragraph | BlockKind::ListItem | BlockKind::TableRow | BlockKind::Speech => {
            Role::Text
        }
    };
    *text_follows |= role == Role::Text;
    role
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{LocatedText, Place};

    fn block(kind: BlockKind, text: &str) -> Block {
        Block { kind, text: LocatedText::new(text, Place::NOWHERE) }
    }

    #[test]
    fn nobody_speaks_where_only_times_are_told() {
        let turn = [block(BlockKind::Speaker, ""), block(BlockKind::Speech, "It sank.")];
        assert_eq!(roles(&turn, None), [Role::Speaker, Role::Text]);
    }

    #[test]
    fn what_a_row_says_is_text() {
        use BlockKind::{Furniture, Heading, Paragraph};
        for text in [
            "Ada Brandt is a reporter at the Gazette.",
            "Subscribe to our newsletter to your inbox today.",
            "© 2026 Tarn Gazette",
            "By Ada Sund",
            "5 March 2026",
        ] {
            assert_eq!(roles(&[block(Paragraph, text)], None), [Role::Text], "{text}");
            let after = [block(Paragraph, "The ferry struck the mole at dawn."), block(Heading, text)];
            assert_eq!(roles(&after, None), [Role::Text, Role::Text], "{text}");
        }
        let marked = [block(Heading, "Ferry"), block(Paragraph, "It sank."), block(Furniture("navigation"), "Home")];
        assert_eq!(roles(&marked, None), [Role::Title, Role::Text, Role::Furniture("navigation")]);
        assert_eq!(roles(&marked, Some("Ferry hits mole"))[0], Role::Heading);
        assert_eq!(roles(&marked[2..], None), [Role::Text]);
    }
}
