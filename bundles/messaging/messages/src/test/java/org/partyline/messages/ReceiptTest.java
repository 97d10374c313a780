package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.Sealers;
import org.partyline.testkit.messaging.StageBench;

/** What is written while other bundles are unavailable is stored, and it is said what it waits for. */
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
                Sealers.class,
                Departures.class
            })
    void whatIsWrittenWhileAPartIsAwayIsStoredAndSaysWhatItWaitsFor(Class<?> part) throws Exception {
        bench.stop(part);
        Messages.Receipt receipt = send("meanwhile");
        assertTrue(receipt.waits().startsWith("it waits for bundle org.partyline."), receipt.waits());
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

    /** Who sends needs nobody who reads. */
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
        bench.stop(Sealers.class);
        assertTrue(send("meanwhile").waits().startsWith("it waits for bundle"));
    }
}
