package org.partyline.testkit;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.Broadcasts;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.FeeRates;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Payments;
import org.partyline.api.carrier.Propagation;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.carrier.Withdrawals;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;

/**
 * What a carrier works with, in memory: one node, a wallet that never ends, and the promises of the kernel. Keeps what a server's store
 * would keep, so that several carriers may work with it one after another. Not thread-safe.
 */
public final class CarrierBench
        implements CarrierContext, CarrierTransaction, FeeRates, Payments, Broadcasts, Withdrawals, Propagation {
    /** Where all messages of a bench are. */
    public static final Network NETWORK = Network.REGTEST;
    /** Who pays for all of them. */
    public static final int PERSONA = 1;

    private static final FeeRate RATE = new FeeRate(1000);
    private static final String WALLET = "bench";

    /** The time. */
    public final HandSetClock clock = new HandSetClock();
    /** Its only node. */
    public final List<CarrierNode> nodes =
            List.of(new CarrierNode("bench", new RelayPolicy(80, 3, 249, new FeeRate(100), new FeeRate(100))));
    /** Raw transactions that the node was given, in this order. */
    public final List<byte[]> handed = new ArrayList<>();

    private final Random random = new Random(20261127);
    private final Map<Long, CarriedMessage> messages = new LinkedHashMap<>();
    private final Map<PacketRef, SignedTransaction> own = new HashMap<>();
    private final Map<ByteBuffer, byte[]> records = new LinkedHashMap<>();
    private final Map<ByteBuffer, Kept> kept = new HashMap<>();
    private final Set<TxId> mempool = new HashSet<>();
    private final Set<TxId> blocks = new HashSet<>();
    private boolean down;
    private long cap = Long.MAX_VALUE;
    private PacketRef slot;

    // ---- what a test does

    /** The node does not answer from now on, or does again. */
    public void setDown(boolean now) {
        down = now;
    }

    /** No transaction may pay more from now on. @param most satoshi */
    public void setCap(long most) {
        cap = most;
    }

    /** A sealed message of one packet that waits to leave. */
    public CarriedMessage message(long id, byte[] packet) {
        CarriedPacket sealed =
                new CarriedPacket(packet, PacketState.SEALED, false, Optional.empty(), Instant.EPOCH, Optional.empty());
        CarriedMessage message = new CarriedMessage(
                id,
                PERSONA,
                NETWORK,
                false,
                false,
                false,
                0,
                clock.instant().plus(Duration.ofDays(1)),
                List.of(sealed));
        messages.put(id, message);
        return message;
    }

    /** A message as it is now. */
    public CarriedMessage now(long id) {
        return messages.get(id);
    }

    /** A packet may leave, in the middle of what is done: a slot is open for it, and for no other. */
    public void inSlot(PacketRef packet, Step step) throws PartylineException {
        slot = packet;
        try {
            step.take();
        } finally {
            slot = null;
        }
    }

    /** Something that a packet does in its slot. */
    @FunctionalInterface
    public interface Step {
        /** Does it. */
        void take() throws PartylineException;
    }

    /** It is decided that a message is taken back. */
    public void recall(long id) {
        CarriedMessage now = messages.get(id);
        messages.put(id, with(now, now.packets(), true, now.fee()));
    }

    /** The last transaction that was handed over stands in a block; who is asked knows. */
    public TxId mine() {
        TxId id = id(handed.get(handed.size() - 1));
        blocks.add(id);
        mempool.remove(id);
        return id;
    }

    /** Whether one of the transactions that stand in the store carries a packet. */
    public boolean isStored(byte[] packet) {
        return own.values().stream().anyMatch(transaction -> carries(transaction.raw(), packet))
                || kept.values().stream()
                        .anyMatch(one -> carries(one.transaction().raw(), packet));
    }

    /** Whether a transaction carries a packet. */
    public static boolean carries(byte[] raw, byte[] packet) {
        for (int from = 0; from + packet.length <= raw.length; from++) {
            if (ByteBuffer.wrap(raw, from, packet.length).equals(ByteBuffer.wrap(packet))) {
                return true;
            }
        }
        return false;
    }

    // ---- what transactions are here

    /** A coin's number, what it carries, and a version's number. */
    private SignedTransaction signed(byte[] coin, List<byte[]> payloads, long fee) {
        int length = payloads.stream().mapToInt(payload -> payload.length).sum();
        byte[] version = new byte[8];
        random.nextBytes(version);
        ByteBuffer raw = ByteBuffer.allocate(16 + length).put(coin);
        payloads.forEach(raw::put);
        raw.put(version);
        return new SignedTransaction(id(raw.array()), raw.array(), TransactionSize.of(payloads), fee);
    }

    private byte[] coin() {
        byte[] coin = new byte[8];
        random.nextBytes(coin);
        return coin;
    }

    private static TxId id(byte[] raw) {
        byte[] id = new byte[TxId.LENGTH];
        System.arraycopy(raw, raw.length - 8, id, 0, 8);
        return TxId.ofBytes(id);
    }

    private void change(PacketRef packet, CarriedPacket after) {
        CarriedMessage message = messages.get(packet.message());
        List<CarriedPacket> packets = new ArrayList<>(message.packets());
        packets.set(packet.index(), after);
        messages.put(message.id(), with(message, packets, message.isEnded(), message.fee()));
    }

    private static CarriedMessage with(CarriedMessage now, List<CarriedPacket> packets, boolean ended, long fee) {
        boolean over = packets.stream().allMatch(packet -> packet.state().compareTo(PacketState.CONFIRMED) >= 0);
        return new CarriedMessage(
                now.id(),
                now.persona(),
                now.network(),
                now.opens(),
                ended || over,
                ended && !over,
                fee,
                now.expires(),
                packets);
    }

    private void move(PacketRef packet, PacketState state, boolean signed) {
        CarriedPacket now = messages.get(packet.message()).packets().get(packet.index());
        change(packet, new CarriedPacket(now.bytes(), state, signed, now.transaction(), now.tried(), left(now, state)));
    }

    private Optional<Instant> left(CarriedPacket now, PacketState state) {
        return state == PacketState.SEALED ? now.left() : now.left().or(() -> Optional.of(clock.instant()));
    }

    private void sign(PacketRef packet, TxId transaction) {
        CarriedPacket now = messages.get(packet.message()).packets().get(packet.index());
        change(
                packet,
                new CarriedPacket(now.bytes(), now.state(), true, Optional.of(transaction), now.tried(), now.left()));
    }

    private void require(Set<PacketRef> boarding, long fee) throws WaitsException {
        if (!boarding.isEmpty() && (slot == null || !boarding.contains(slot))) {
            throw new IllegalStateException("a packet is paid for that may not leave now");
        }
        if (fee > cap) {
            throw new WaitsException("it waits: " + fee + " sat are more than the cap");
        }
    }

    // ---- CarrierContext

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public CarrierRules rules() {
        return new CarrierRules(
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                new FeeRate(100_000),
                network -> Duration.ofSeconds(30),
                3,
                10_000,
                Duration.ofHours(6),
                false);
    }

    @Override
    public FeeRates fees() {
        return this;
    }

    @Override
    public Payments payments() {
        return this;
    }

    @Override
    public Broadcasts broadcasts() {
        return this;
    }

    @Override
    public Withdrawals withdrawals() {
        return this;
    }

    @Override
    public Propagation propagation() {
        return this;
    }

    @Override
    public boolean isCovered(int persona, Network network) {
        return false;
    }

    @Override
    public List<Integer> likelySizes(long message) {
        return List.of();
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        return work.run(this);
    }

    // ---- FeeRates

    @Override
    public FeeRate rate(List<CarrierNode> among) {
        return RATE;
    }

    @Override
    public long most(List<CarrierNode> among, int bytes, int packets) {
        return RATE.fee(TransactionSize.of(bytes, packets));
    }

    @Override
    public long replacement(long fee, int before, int vsize, List<CarrierNode> among) {
        return fee + new FeeRate(100).fee(vsize);
    }

    // ---- Payments

    @Override
    public Optional<String> pay(PacketRef packet, List<CarrierNode> among) throws PartylineException {
        byte[] bytes =
                messages.get(packet.message()).packets().get(packet.index()).bytes();
        if (own.containsKey(packet)) {
            throw new IllegalStateException("a packet is paid for twice");
        }
        long fee = RATE.fee(TransactionSize.of(List.of(bytes)));
        require(Set.of(packet), fee);
        SignedTransaction transaction = signed(coin(), List.of(bytes), fee);
        own.put(packet, transaction);
        sign(packet, transaction.id());
        return Optional.of(WALLET);
    }

    @Override
    public Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException {
        List<byte[]> payloads =
                wanted.cargo().stream().map(SharedTransaction.Cargo::bytes).toList();
        Optional<Kept> before = wanted.replaces().map(key -> kept.get(ByteBuffer.wrap(key)));
        int vsize = TransactionSize.of(payloads);
        long fee = before.isPresent()
                ? replacement(
                        before.get().transaction().fee(),
                        before.get().transaction().vsize(),
                        vsize,
                        wanted.nodes())
                : RATE.fee(vsize);
        require(wanted.boarding(), fee);
        wanted.limit().check(fee, vsize);
        byte[] coin = before.isPresent()
                ? java.util.Arrays.copyOf(before.get().transaction().raw(), 8)
                : coin();
        Signed signed = new Signed(WALLET, signed(coin, payloads, fee));
        byte[] value = keep.keep(this, signed);
        wanted.replaces().ifPresent(this::forget);
        List<PacketRef> packets =
                wanted.cargo().stream().map(SharedTransaction.Cargo::packet).toList();
        records.put(ByteBuffer.wrap(wanted.key().clone()), value);
        kept.put(
                ByteBuffer.wrap(wanted.key().clone()),
                new Kept(wanted.persona(), wanted.network(), WALLET, signed.transaction(), null, false, packets));
        packets.forEach(packet -> sign(packet, signed.transaction().id()));
        for (PacketRef left : before.map(Kept::packets).orElse(List.of())) {
            if (!packets.contains(left)) {
                superseded(left);
            }
        }
        return signed;
    }

    private void forget(byte[] key) {
        records.remove(ByteBuffer.wrap(key));
        kept.remove(ByteBuffer.wrap(key));
    }

    // ---- Broadcasts

    private void give(byte[] raw) throws NodeUnavailableException {
        if (down) {
            throw new NodeUnavailableException("node 'bench' does not answer");
        }
        handed.add(raw);
        mempool.add(id(raw));
    }

    @Override
    public void hand(PacketRef packet, List<CarrierNode> among) throws PartylineException {
        SignedTransaction transaction = own.get(packet);
        if (transaction == null) {
            throw new IllegalStateException("what is not stored is handed over");
        }
        give(transaction.raw());
        move(packet, PacketState.BROADCAST, true);
    }

    @Override
    public Optional<Refusal> hand(byte[] key, List<CarrierNode> among, Taken taken) throws PartylineException {
        Kept transaction = kept.get(ByteBuffer.wrap(key));
        if (transaction == null) {
            throw new IllegalStateException("what is not stored is handed over");
        }
        give(transaction.transaction().raw());
        records.put(ByteBuffer.wrap(key), taken.taken(this));
        for (PacketRef packet : transaction.packets()) {
            if (messages.get(packet.message()).packets().get(packet.index()).state() == PacketState.SEALED) {
                move(packet, PacketState.BROADCAST, true);
            }
        }
        return Optional.empty();
    }

    @Override
    public void spread(byte[] key, List<CarrierNode> among) {
        // There is no other node.
    }

    // ---- Withdrawals

    @Override
    public void withdraw(PacketRef packet, List<CarrierNode> among, RecallTally tally) throws PartylineException {
        SignedTransaction before = own.get(packet);
        if (before == null) {
            return;
        }
        SignedTransaction nothing = signed(java.util.Arrays.copyOf(before.raw(), 8), List.of(), before.fee() + 20);
        own.put(packet, nothing);
        tally.stored();
        give(nothing.raw());
        own.remove(packet);
        tally.replaced(nothing.fee() - before.fee());
    }

    @Override
    public boolean isOnItsWay(PacketRef packet) {
        return own.containsKey(packet);
    }

    // ---- Propagation

    @Override
    public List<CarrierNode> ready(Network network) {
        return nodes;
    }

    @Override
    public boolean isKnown(Network network, TxId transaction) {
        return mempool.contains(transaction) || blocks.contains(transaction);
    }

    @Override
    public boolean isMined(Network network, TxId transaction) {
        return blocks.contains(transaction);
    }

    @Override
    public boolean isCaughtUp(Network network) {
        return true;
    }

    @Override
    public boolean isDue(PacketRef packet) {
        return false;
    }

    // ---- CarrierTransaction

    @Override
    public Optional<CarriedMessage> message(long id) {
        return Optional.ofNullable(messages.get(id));
    }

    @Override
    public List<CarriedMessage> messages() {
        return List.copyOf(messages.values());
    }

    @Override
    public void mined(PacketRef packet, TxId transaction) {
        move(packet, PacketState.CONFIRMED, true);
    }

    @Override
    public void superseded(PacketRef packet) {
        boolean shown = messages.get(packet.message())
                .packets()
                .get(packet.index())
                .left()
                .isPresent();
        move(packet, shown ? PacketState.REPLACED : PacketState.SEALED, shown);
    }

    @Override
    public void gone(PacketRef packet, String reason) {
        move(packet, PacketState.SEALED, false);
    }

    @Override
    public Trace trace(TxId transaction) {
        return new Trace(isKnown(NETWORK, transaction) ? List.of("bench") : List.of(), blocks.contains(transaction));
    }

    @Override
    public void uncount(int persona, long fee) {
        // Nothing is counted here.
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        return Optional.ofNullable(records.get(ByteBuffer.wrap(key)));
    }

    @Override
    public List<byte[]> list() {
        return List.copyOf(records.values());
    }

    @Override
    public void put(byte[] key, byte[] value) {
        records.put(ByteBuffer.wrap(key.clone()), value);
    }

    @Override
    public void move(byte[] from, byte[] to, byte[] value) {
        Kept moved = kept.get(ByteBuffer.wrap(from));
        forget(from);
        put(to, value);
        if (moved != null) {
            kept.put(ByteBuffer.wrap(to.clone()), moved);
        }
    }

    @Override
    public void delete(byte[] key) {
        forget(key);
    }

    @Override
    public void drop(byte[] key) {
        forget(key);
    }

    @Override
    public void adopt(byte[] key, Kept adopted) {
        kept.putIfAbsent(ByteBuffer.wrap(key.clone()), adopted);
    }
}
