package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** What it costs to say of packets what they are. */
class InspectionTest {
    private final StageBench bench = new StageBench();
    private final Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
    private final GatedDerivation gate = new GatedDerivation();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private byte[] locator(ChannelMembership member) {
        try (SecretBytes root = member.root(bench.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes beacon = bench.channelKeys.beacon(root)) {
            return bench.channelKeys.newLocator(beacon, bench.random);
        }
    }

    /** Junk behind a locator. */
    private byte[] copy(byte[] locator) {
        byte[] junk = new byte[80 - 1 - locator.length];
        bench.random.nextBytes(junk);
        return ByteBuffer.allocate(80)
                .put(Packets.VERSION)
                .put(locator)
                .put(junk)
                .array();
    }

    @Test
    void theKeysThatInspectingDerivedAreWiped() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        List<SecretBytes> derived = new CopyOnWriteArrayList<>();
        bench.put(ChannelKeys.class, (ChannelKeys) Proxy.newProxyInstance(
                ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, arguments) -> {
                    Object result = method.invoke(bench.channelKeys, arguments);
                    if (method.getName().equals("sealedSecret")) {
                        derived.add((SecretBytes) result);
                    }
                    return result;
                }));
        byte[] raw = new TestNetwork(bench.clock).transaction(List.of(copy(locator)));
        assertEquals(1, messages.inspect(HexFormat.of().formatHex(raw)).size());
        assertEquals(1, derived.size());
        assertThrows(IllegalStateException.class, () -> derived.get(0).expose());
    }

    @Test
    void inspectingDerivesOnceForALocatorAndHoldsNobodyUp() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        byte[] copies = new TestNetwork(bench.clock).transaction(List.of(copy(locator), copy(locator)));
        bench.suites.add(gate);
        gate.shut();
        CompletableFuture<List<Messages.Inspection>> looked = CompletableFuture.supplyAsync(() -> {
            try {
                return messages.inspect(HexFormat.of().formatHex(copies));
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        });
        gate.awaitBegun(1);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            bench.guard.lock();
            bench.guard.unlock();
        });
        Eventually.that("others go on meanwhile", other::isDone);
        gate.open();
        List<Messages.Inspection> said = looked.get();
        assertEquals(2, said.size());
        for (Messages.Inspection each : said) {
            assertTrue(each.verdict().contains("someone copied the locator"), each.verdict());
        }
        assertEquals(1, gate.begun(), "one for both copies");
    }
}
