package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** A contact can withdraw by a FORGET (PROTOCOL 6.1) only its own messages, in its own session. */
class ForgetTest {
    private static final String SESSION = "00112233aabbccdd";
    private static final String TAKEN_BACK = "alice recalled a message";

    private final StageBench stage = new StageBench();
    private final Inbox inbox = StageBench.offered(stage.add(MailboxStage::new), Inbox.class);
    private ContactConversation alice;
    private int packets;

    @BeforeEach
    void twoMessages() throws Exception {
        alice = stage.know("alice", stage.identities.generate(stage.random));
        text(alice, "one");
        text(alice, "two");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Simulates the arrival of a packet on Alice's chain. */
    private Inbox.Arrival come(Conversation conversation, PacketType type, byte[] body) throws StoreException {
        byte[] payload = new byte[80];
        stage.random.nextBytes(payload);
        payload[0] = 2;
        Candidate candidate =
                new Candidate(Network.REGTEST.code(), payload, new byte[32], null, stage.clock.millis(), "");
        Inbox.Source source = new Inbox.Source(
                conversation, candidate, candidate.id(), "", 1, 0, packets++, "{}", SignerId.NOBODY, SESSION);
        return stage.guard.transact(tx -> inbox.accept(tx, source, Content.of(type, stage.clock.instant(), body)));
    }

    private void text(Conversation conversation, String words) throws StoreException {
        come(conversation, PacketType.TEXT, words.getBytes(StandardCharsets.UTF_8));
    }

    private void forget(byte[] locator) throws StoreException {
        Inbox.Arrival arrival = come(
                alice,
                PacketType.CONTROL,
                ByteBuffer.allocate(1 + locator.length)
                        .put(ControlCodes.FORGET)
                        .put(locator)
                        .array());
        assertEquals(Optional.empty(), arrival.other(), "it is no matter of the session's");
    }

    private List<MessageRecord> all() throws StoreException {
        return stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class));
    }

    private List<String> received() throws StoreException {
        return all().stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(MessageRecord::text)
                .toList();
    }

    private List<String> notices() throws StoreException {
        return all().stream()
                .filter(MessageRecord::notice)
                .map(MessageRecord::text)
                .toList();
    }

    /** Returns the first 8 locator bytes of a message's first packet, by its text. */
    private byte[] locator(String text) throws StoreException {
        return all().stream()
                .filter(message -> message.text().equals(text))
                .map(message -> HexFormat.of().parseHex(message.locator()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void forgetErasesTheMessageThatIsMeant() throws Exception {
        forget(locator("one"));
        assertEquals(List.of("two"), received());
        assertEquals(List.of(TAKEN_BACK), notices());
    }

    @Test
    void forgetOfAMessageThatNobodySentDoesNothing() throws Exception {
        forget(new byte[8]);
        forget(new byte[0]);
        forget(Arrays.copyOf(locator("one"), 7));
        forget(Arrays.copyOf(locator("one"), 9));
        assertEquals(List.of("one", "two"), received());
        assertEquals(List.of(), notices());
    }

    @Test
    void forgetDoesNotReachOurOwnMessages() throws Exception {
        long id = stage.queue(alice, "mine");
        byte[] packet = new byte[80];
        stage.random.nextBytes(packet);
        stage.guard.transact(tx -> {
            MessageRecord mine = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .orElseThrow();
            MessageRecords.put(
                    tx,
                    mine.sealed(0, mine.sent(), mine.sent(), List.of(), List.of())
                            .named(packet, HexFormat.of().parseHex(SESSION)));
            return null;
        });
        assertEquals(8, locator("mine").length);
        forget(locator("mine"));
        assertTrue(all().stream().anyMatch(message -> message.text().equals("mine")));
        assertEquals(List.of(), notices());
    }

    @Test
    void forgetDoesNotReachOtherConversations() throws Exception {
        text(stage.join("lobby", Mode.RATCHET), "in public");
        forget(locator("in public"));
        assertTrue(received().contains("in public"), received().toString());
        assertFalse(notices().contains(TAKEN_BACK));
    }

    @Test
    void whatIsNotAboutAMessageIsTheSessions() throws Exception {
        byte[] close = {ControlCodes.CLOSE};
        Inbox.Arrival arrival = come(alice, PacketType.CONTROL, close);
        assertEquals(PacketType.CONTROL, arrival.other().orElseThrow().type());
        assertEquals(List.of("one", "two"), received());
    }
}
