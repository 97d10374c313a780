package org.partyline.carrier.rolling;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.testkit.CarrierBench;

/**
 * A rolling carrier at work; the test does what the server does with messages in its rounds. Each message is one
 * packet.
 */
final class RollingBench {
    private static final int SIZE = 80;

    final CarrierBench bench = new CarrierBench();
    /** The reasons why messages wait, by number. */
    final Map<Long, String> reasons = new HashMap<>();
    /** The messages that nodes have shown, in order. */
    final List<Long> shown = new ArrayList<>();
    /** Whether nodes accept transactions without showing them. */
    boolean holding;

    private Carrier carrier;
    private long last;

    /** With a node that relays one packet in a transaction, at the lowest rate. */
    RollingBench() throws PartylineException {
        bench.rate = new FeeRate(100);
        carry(1);
        come();
    }

    /** Makes all nodes relay this number of packets in a transaction. */
    void carry(int outputs) {
        bench.nodes = List.of(CarrierBench.node("bench", outputs, new FeeRate(100)));
    }

    /** Replaces the present instance by another, as after a restart or an update. */
    void come() throws PartylineException {
        carrier = new RollingCarriers().open(bench);
        carrier.takeUp();
    }

    void rules(FeeRate highest, long mostFee, Duration mostAge, boolean burns) {
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                highest,
                now.spacing(),
                now.mostPackets(),
                mostFee,
                mostAge,
                burns);
    }

    /** Seals a message. @return its number */
    long write() {
        return write(false, Duration.ofDays(2));
    }

    long write(boolean opens, Duration life) {
        last++;
        bench.message(last, ByteBuffer.allocate(SIZE).putLong(0x5eed + last).array(), opens, life);
        return last;
    }

    /** Seals a message, and runs rounds until nodes have shown it. */
    long say() throws PartylineException {
        long id = write();
        for (int i = 0; i < 30 && !shown.contains(id); i++) {
            pass();
        }
        if (!shown.contains(id)) {
            throw new AssertionError("message " + id + " was never shown: " + reasons);
        }
        return id;
    }

    /** Waits until the last version has propagated; then runs a round. */
    void pass() throws PartylineException {
        bench.clock.pass(Duration.ofSeconds(31));
        round();
    }

    void passes(int many) throws PartylineException {
        for (int i = 0; i < many; i++) {
            pass();
        }
    }

    /** A round of the sender: packets to be sent first, then those that left before, in that order. */
    void round() throws PartylineException {
        carrier.tick();
        show();
        List<CarriedMessage> all = new ArrayList<>(bench.messages());
        all.sort(Comparator.comparing(
                message -> packet(message).ridesAgain() ? packet(message).left().get() : java.time.Instant.MAX));
        for (CarriedMessage message : all) {
            if (!bench.now(message.id()).isSettled() && packet(message).state() == PacketState.SEALED) {
                letLeave(message.id());
                show();
                if (!bench.now(message.id()).isSettled()
                        && !bench.now(message.id()).isOut()) {
                    break;
                }
            }
        }
        for (CarriedMessage message : all) {
            if (bench.now(message.id()).packets().get(0).state().compareTo(PacketState.SEALED) > 0) {
                follow(bench.now(message.id()));
            }
        }
        show();
    }

    private static CarriedPacket packet(CarriedMessage message) {
        return message.packets().get(0);
    }

    private void letLeave(long id) throws PartylineException {
        CarriedMessage now = bench.now(id);
        if (!now.isOut() && !bench.clock.instant().isBefore(now.expires())) {
            bench.recall(id);
            return;
        }
        try {
            if (packet(now).isWaiting()) {
                carrier.awaitTurn(now, 0);
                bench.inSlot(now.ref(0), () -> carrier.dispatch(now, 0, bench.nodes));
            } else {
                carrier.dispatchAgain(now, 0, bench.nodes);
            }
            reasons.remove(id);
        } catch (PartylineException e) {
            reasons.put(id, e.getMessage());
        }
    }

    private void follow(CarriedMessage now) throws PartylineException {
        if (!now.isSettled()
                && !carrier.looksAfter(now, 0)
                && carrier.isDue(now, 0)
                && !bench.isKnown(
                        CarrierBench.NETWORK, packet(now).transaction().orElseThrow())) {
            carrier.isLost(now, 0);
        }
    }

    private void show() {
        if (holding) {
            return;
        }
        bench.show();
        for (CarriedMessage message : bench.messages()) {
            if (!shown.contains(message.id())
                    && bench.waiting().stream()
                            .anyMatch(raw ->
                                    CarrierBench.carries(raw, packet(message).bytes()))) {
                shown.add(message.id());
            }
        }
    }

    /** A transaction is in a block that is read: its packets are confirmed, and the carrier is informed. */
    void mine(byte[] raw) throws PartylineException {
        carrier.onMined(CarrierBench.NETWORK, mineUntold(raw));
    }

    /** The same without a carrier. */
    TxId mineUntold(byte[] raw) {
        TxId id = bench.read(raw);
        for (CarriedMessage message : bench.messages()) {
            if (CarrierBench.carries(raw, packet(message).bytes())) {
                bench.mined(message.ref(0), id);
            }
        }
        return id;
    }

    /** Mines everything that waits. */
    void mineAll() throws PartylineException {
        for (byte[] raw : bench.waiting()) {
            mine(raw);
        }
    }

    /** Reports a block to the carrier that is already disconnected. */
    void mineInVain(byte[] raw) throws PartylineException {
        TxId id = bench.read(raw);
        bench.disconnect(raw, true);
        carrier.onMined(CarrierBench.NETWORK, id);
    }

    RecallTally recall(long id) throws PartylineException {
        RecallTally tally = new RecallTally();
        bench.recall(id);
        carrier.recall(bench.now(id), bench.nodes, tally);
        return tally;
    }

    PacketState state(long id) {
        return packet(bench.now(id)).state();
    }

    boolean isOnTheAir(long id) throws PartylineException {
        return carrier.isOnTheAir(bench.now(id));
    }

    /** The only waiting transaction. */
    byte[] waiting() {
        if (bench.waiting().size() != 1) {
            throw new AssertionError(bench.waiting().size() + " transactions wait");
        }
        return bench.waiting().get(0);
    }

    /** The messages that a transaction carries. */
    List<Long> carried(byte[] raw) {
        return bench.messages().stream()
                .filter(message -> CarrierBench.carries(raw, packet(message).bytes()))
                .map(CarriedMessage::id)
                .toList();
    }

    /** The messages in the nodes' mempools. */
    List<Long> carried() {
        return bench.waiting().stream().flatMap(raw -> carried(raw).stream()).toList();
    }

    /** The spent coins. */
    Set<Object> coins() {
        Set<Object> coins = new HashSet<>();
        bench.handed.forEach(raw -> coins.add(CarrierBench.coin(raw)));
        return coins;
    }

    /** The signed transactions that were handed over, in order. */
    List<SignedTransaction> versions() {
        return bench.handed.stream().map(bench::signed).toList();
    }
}
