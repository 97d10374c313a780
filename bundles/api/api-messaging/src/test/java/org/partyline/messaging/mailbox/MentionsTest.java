package org.partyline.messaging.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class MentionsTest {
    /** Texts without a sign are not folded: a character counts as the sign exactly if folding produces it. */
    @Test
    void whateverIsFoldedToTheSignIsTheSignAndNothingElse() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String text = "hello " + Character.toString(c) + "BOB";
                boolean sign = Mentions.folded(Character.toString(c)).equals("@");
                assertEquals(sign, Mentions.of(text, "bob"), Integer.toHexString(c));
            }
        }
    }

    @Test
    void aNameWithinAnotherWordIsNobodys() {
        assertFalse(Mentions.of("mail bob@bob.example or @bobby", "bob"));
        assertFalse(Mentions.of("@", " "));
    }
}
