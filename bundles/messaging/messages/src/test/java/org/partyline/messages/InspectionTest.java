package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Nodes;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.store.StoreLockedException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** The cost of inspecting packets. */
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

    /** Returns junk after a locator. */
    private byte[] copy(byte[] locator) {
        byte[] junk = new byte[80 - 1 - locator.length];
        bench.random.nextBytes(junk);
        return ByteBuffer.allocate(80)
                .put(Packets.VERSION)
                .put(locator)
                .put(junk)
                .array();
    }

    private Nodes.Sighting sighting(byte[] payload) {
        return new Nodes.Sighting(Network.REGTEST, TxId.of("ab".repeat(32)), payload, false, bench.clock.instant());
    }

    private PacketId id(Nodes.Sighting packet) {
        return PacketId.of(packet.network().code(), packet.payload());
    }

    private long outgoing(PacketType type) throws PartylineException {
        return bench.guard.<Long, PartylineException>transact(tx -> {
            long id = Tables.next(tx, "message");
            long now = bench.clock.instant().toEpochMilli();
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            id,
                            1,
                            State.SEALED,
                            "",
                            now,
                            now,
                            0,
                            false,
                            0,
                            List.of(),
                            type.code(),
                            null,
                            false,
                            0,
                            "confirm",
                            false));
            return id;
        });
    }

    @Test
    void whatASeenPacketIsToThisServerIsKnownWithoutOpeningItUntilTheLock() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        List<Nodes.Sighting> seen =
                IntStream.range(0, 4).mapToObj(i -> sighting(copy(locator))).toList();
        bench.recognition.packets.addSent(id(seen.get(0)), new PacketIndex.Sent(outgoing(PacketType.TEXT), 0));
        bench.recognition.packets.addSent(id(seen.get(1)), new PacketIndex.Sent(outgoing(PacketType.DECOY), 0));
        bench.recognition.packets.setOpened(id(seen.get(2)));
        bench.recognition.packets.setHandled(id(seen.get(3)));
        assertEquals(
                List.of(
                        Optional.of(Messages.Use.SENT),
                        Optional.of(Messages.Use.COVER),
                        Optional.of(Messages.Use.RECEIVED),
                        Optional.empty()),
                messages.uses(seen));
        bench.guard.lock();
        bench.guard.wipe();
        bench.guard.unlock();
        bench.store.lock();
        assertThrows(StoreLockedException.class, () -> messages.uses(seen));
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
