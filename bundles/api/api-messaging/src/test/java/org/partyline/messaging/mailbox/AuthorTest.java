package org.partyline.messaging.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.Locator;

/** Tests who may change a message, and which message a locator refers to (PROTOCOL 6.1). */
class AuthorTest {
    private static final long NOW = 1_000;
    private static final String CHAIN = "0011223344556677";

    private static MessageRecordBuilder message() {
        return MessageRecordBuilder.builder()
                .id(1)
                .membership(7)
                .sender("bob")
                .text("words")
                .expires(NOW + 1)
                .locator("6162636465666768")
                .session(CHAIN)
                .signer(SignerId.NOBODY);
    }

    private static Author author(String session, int signer) {
        return new Author(false, session, signer);
    }

    @Test
    void theChainThatAMessageCameByMayChangeIt() {
        assertTrue(author(CHAIN, SignerId.NOBODY).mayChange(message().build()));
        assertFalse(
                author("ffffffffffffffff", SignerId.NOBODY).mayChange(message().build()));
        assertFalse(author("", SignerId.NOBODY).mayChange(message().build()));
        assertFalse(author("", SignerId.NOBODY).mayChange(message().session("").build()));
    }

    @Test
    void ofASignedMessageTheSignatureAloneCounts() {
        MessageRecord signed = message().signer(3).build();
        assertFalse(author(CHAIN, SignerId.NOBODY).mayChange(signed));
        assertFalse(author(CHAIN, 4).mayChange(signed));
        assertFalse(author(CHAIN, SignerId.UNKNOWN).mayChange(signed));
        assertTrue(author(CHAIN, 3).mayChange(signed));
        assertTrue(author("ffffffffffffffff", 3).mayChange(signed));
        assertEquals(3, author(CHAIN, 3).signerOf(signed));
        assertEquals(SignerId.NOBODY, author(CHAIN, 3).signerOf(message().build()));
    }

    @Test
    void nobodyChangesOursOrNewsOrWhatIsOfVersionOne() {
        assertFalse(author(CHAIN, SignerId.NOBODY)
                .mayChange(message().outgoing(true).build()));
        assertFalse(
                author(CHAIN, SignerId.NOBODY).mayChange(message().notice(true).build()));
        assertFalse(
                author(CHAIN, SignerId.NOBODY).mayChange(message().legacy(true).build()));
    }

    @Test
    void sendersOfReactionsAreToldApart() {
        assertNotEquals(author(CHAIN, 0).key(), author("ffffffffffffffff", 0).key());
        assertEquals(author(CHAIN, 3).key(), author("ffffffffffffffff", 3).key());
        // Senders without a chain and signature could be anyone, and count once.
        assertEquals(
                author("", SignerId.NOBODY).key(), author("", SignerId.UNKNOWN).key());
        assertEquals(new Author(true, CHAIN, 3).key(), new Author(true, "ffffffffffffffff", 0).key());
    }

    private static Optional<Long> find(int conversation, String locator, MessageRecord... kept) throws StoreException {
        return new References(List.of(kept), NOW)
                .find(conversation, new Locator(locator))
                .map(MessageRecord::id);
    }

    @Test
    void aMessageOfTheSameConversationIsMeant() throws StoreException {
        assertEquals(Optional.of(1L), find(7, "61626364", message().build()));
        assertEquals(Optional.of(1L), find(7, "6162636465666768", message().build()));
        assertEquals(Optional.empty(), find(8, "61626364", message().build()));
        assertEquals(Optional.empty(), find(7, "6162636465666769", message().build()));
    }

    @Test
    void whereSeveralFitNoneIsMeant() throws StoreException {
        MessageRecord other = message().id(2).locator("61626364ffffffff").build();
        assertEquals(Optional.empty(), find(7, "61626364", message().build(), other));
        assertEquals(Optional.of(2L), find(7, "61626364ffffffff", message().build(), other));
        // Deleted messages, and those of other conversations, are ignored.
        assertEquals(
                Optional.of(1L),
                find(
                        7,
                        "61626364",
                        message().build(),
                        message().id(2).locator("61626364ffffffff").expires(NOW).build(),
                        message().id(3).membership(8).build()));
    }

    @Test
    void burnMessagesTakeNothingAndStillConfuse() throws StoreException {
        assertEquals(Optional.empty(), find(7, "61626364", message().burn(true).build()));
        assertEquals(
                Optional.empty(),
                find(
                        7,
                        "61626364",
                        message().build(),
                        message().id(2).burn(true).build()));
        assertEquals(
                Optional.empty(), find(7, "61626364", message().notice(true).build()));
    }

    private static StoredReaction by(String who, String reaction, long time, int position) {
        return new StoredReaction(who, who, reaction, time, position, SignerId.NOBODY);
    }

    @Test
    void theLastReactionOfASenderCountsInWhateverOrderTheyCome() throws StoreException {
        Annotations one = Annotations.NONE.with(by("a", "x", 10, 5)).orElseThrow();
        assertEquals(Optional.empty(), one.with(by("a", "y", 9, 7)));
        assertEquals(Optional.empty(), one.with(by("a", "y", 10, 5)));
        Annotations two = one.with(by("a", "", 10, 6)).orElseThrow();
        // The withdrawal is stored: otherwise the previous reaction would reappear.
        assertEquals(Optional.empty(), two.with(by("a", "x", 10, 5)));
        assertEquals(1, two.reactions().size());
        Annotations many = two;
        for (int i = 0; i < Annotations.MOST_REACTIONS - 1; i++) {
            many = many.with(by("b" + i, "x", 1, 1)).orElseThrow();
        }
        assertEquals(Optional.empty(), many.with(by("one too many", "x", 1, 1)));
        assertTrue(many.with(by("a", "z", 11, 1)).isPresent());
    }

    @Test
    void anOlderEditDoesNotComeBack() throws StoreException {
        Annotations edited = Annotations.NONE.edited(10, 5);
        assertFalse(edited.isNewerEdit(10, 5));
        assertFalse(edited.isNewerEdit(9, 9));
        assertTrue(edited.isNewerEdit(10, 6));
        assertTrue(edited.isNewerEdit(11, 0));
    }
}
