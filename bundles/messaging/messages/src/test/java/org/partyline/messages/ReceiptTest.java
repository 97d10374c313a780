package org.partyline.messages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.StageBench;

/** A message written while other bundles are unavailable is stored, with the reason why it waits. */
class ReceiptTest {
    private final StageBench bench = new StageBench();
    private final List<Bus.Queued> queued = new ArrayList<>();
    private Messages messages;

    @BeforeEach
    void join() throws Exception {
        messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
        bench.join("lobby", Mode.RATCHET);
        bench.bus.on(Bus.Queued.class, queued::add);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Messages.Receipt send(String text) throws Exception {
        return messages.send(new Messages.Send(Optional.empty(), "lobby", text, Optional.empty(), false));
    }

    private void assertStored(Messages.Receipt receipt, String text) throws Exception {
        assertEquals(State.QUEUED, bench.state(receipt.id()));
        List<Messages.Message> all = messages.messages(Messages.Query.ALL);
        assertEquals(
                List.of(receipt.id()), all.stream().map(Messages.Message::id).toList());
        assertEquals(Optional.of(text), all.get(0).text());
        assertEquals(1, queued.size(), "who sends looks at once");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Pace.class,
                Outbox.class,
                Spending.class,
                QueueSealer.class,
                SendQueue.class
            })
    void whatIsWrittenWhileAPartIsAwayIsStoredAndSaysWhatItWaitsFor(Class<?> part) throws Exception {
        bench.stop(part);
        Messages.Receipt receipt = send("meanwhile");
        assertTrue(receipt.waits().startsWith("it waits for a bundle that provides "), receipt.waits());
        assertStored(receipt, "meanwhile");
    }

    @ParameterizedTest
    @ValueSource(classes = {Pricing.class, PacketSizes.class})
    void whatIsWrittenWhileNobodyKnowsItsPriceIsStored(Class<?> part) throws Exception {
        bench.stop(part);
        Messages.Receipt receipt = send("meanwhile");
        assertEquals(Optional.empty(), receipt.estimatedFee());
        assertStored(receipt, "meanwhile");
    }

    /** Sending does not need the receiving bundles. */
    @ParameterizedTest
    @ValueSource(classes = {Reception.class, Inbox.class})
    void nobodyWaitsForWhoReads(Class<?> part) throws Exception {
        String before = send("before").waits();
        bench.stop(part);
        assertEquals(before, send("meanwhile").waits());
        assertEquals("it waits for a ready node on regtest (partyline:node-list)", before);
    }

    @Test
    void whatIsSaidIsWhatIsAwayAndNotWhatElseItWouldWaitFor() throws Exception {
        bench.suites.remove("XCHACHA20_POLY1305");
        bench.suites.remove("AES_256_GCM");
        assertEquals(bench.suites.whyNoneSeals(), send("before").waits());
        bench.stop(QueueSealer.class);
        assertTrue(send("meanwhile").waits().startsWith("it waits for a bundle"));
    }

    private static final String BESIDE = "beside";

    private Messages.Receipt send(String text, Messages.Alongside alongside) throws Exception {
        return messages.send(new Messages.Send(Optional.empty(), "lobby", text, Optional.empty(), false), alongside);
    }

    @Test
    void whatACallerKeepsOfAMessageIsInItsTransaction() throws Exception {
        long before = bench.store.commits();
        Messages.Receipt receipt = send(
                "once",
                (tx, made) -> tx.put(
                        BESIDE,
                        new byte[] {1},
                        new byte[0],
                        Long.toString(made.id()).getBytes(US_ASCII),
                        null));
        assertStored(receipt, "once");
        String kept = bench.store.transact(tx ->
                new String(tx.get(BESIDE, new byte[] {1}).orElseThrow(), US_ASCII));
        assertEquals(Long.toString(receipt.id()), kept);
        // If the server is killed, either both are there or neither.
        bench.store.failCommits(1);
        assertThrows(
                StoreException.class,
                () -> send("twice", (tx, made) -> tx.put(BESIDE, new byte[] {2}, new byte[0], new byte[1], null)));
        assertFalse(bench.store.<Boolean, StoreException>transact(tx -> tx.contains(BESIDE, new byte[] {2})));
        assertStored(receipt, "once");
        assertTrue(bench.store.commits() > before);
    }

    @Test
    void aMessageWhoseCallerRefusesIsNotStored() throws Exception {
        PartylineException refused = assertThrows(
                PartylineException.class,
                () -> send("never", (tx, made) -> {
                    tx.put(BESIDE, new byte[] {3}, new byte[0], new byte[1], null);
                    throw new PartylineException("over the limit");
                }));
        assertEquals("over the limit", refused.getMessage());
        assertEquals(List.of(), messages.messages(Messages.Query.ALL));
        assertEquals(List.of(), messages.outbox(true));
        assertEquals(0, bench.store.count(BESIDE));
    }
}
