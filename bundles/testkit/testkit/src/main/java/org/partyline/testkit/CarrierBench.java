package org.partyline.testkit;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException.Reason;
import org.partyline.api.transport.WalletException;

/**
 * The environment of a carrier, in memory: nodes with one mempool and its replacement rules, a wallet with unlimited
 * coins, and the guarantees of the server. Keeps the data that a server would store, so that several carriers may use
 * it one after another. Not thread-safe.
 */
public final class CarrierBench
        implements CarrierContext, CarrierTransaction, FeeRates, Payments, Broadcasts, Withdrawals, Propagation {
    /** The network of all messages. */
    public static final Network NETWORK = Network.REGTEST;
    /** The persona that pays for all of them. */
    public static final int PERSONA = 1;

    private static final FeeRate INCREMENT = new FeeRate(100);
    private static final String WALLET = "bench";

    /** The clock. */
    public final HandSetClock clock = new HandSetClock();
    /** Its nodes: initially one that accepts three packets in a transaction. */
    public List<CarrierNode> nodes = List.of(node("bench", 3, INCREMENT));
    /** The fee rate, unless a node requires more. */
    public FeeRate rate = new FeeRate(1000);
    /** By how many percent a drawn rate may be higher; the bench draws the lowest. */
    public int band;
    /** The operator's settings. */
    public CarrierRules rules = new CarrierRules(
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            new FeeRate(100_000),
            network -> Duration.ofSeconds(30),
            3,
            10_000,
            Duration.ofHours(6),
            false);
    /** The raw transactions handed to nodes, in order. */
    public final List<byte[]> handed = new ArrayList<>();
    /** The transactions that the wallet signed, in order. */
    public final List<SignedTransaction> signed = new ArrayList<>();
    /** The fees that were counted and then uncounted, in order. */
    public final List<Long> uncounted = new ArrayList<>();

    /** Transactions whose change may be spent. */
    public final List<TxId> letGo = new ArrayList<>();

    /** The packets that are to be handed over again. */
    public final Set<PacketRef> due = new HashSet<>();

    private final Set<TxId> notPaid = new HashSet<>();
    /** Nodes that keep accepted transactions to themselves. */
    public final Set<String> keeping = new HashSet<>();
    /** Whether nodes accept transactions and disconnect before they confirm that. */
    public boolean breaksOff;
    /** Whether the wallet has no coin to begin with. */
    public boolean poor;
    /** The maximum that a coin of the wallet may pay, in satoshi. */
    public long coin = Long.MAX_VALUE;
    /** Whether blocks are still being read. */
    public boolean behind;
    /** Runs when the wallet has signed, before that is stored. */
    public Runnable onSigned = () -> {};

    /** Additional virtual bytes of its wallet's transactions, as with many small coins. */
    public int heavier;
    /** The packet sizes of messages that are not sealed yet. */
    public final Map<Long, List<Integer>> likely = new HashMap<>();
    /** How much each signed transaction added to the fees, in order. */
    public final List<Long> added = new ArrayList<>();

    /** The names of the nodes that each shared transaction could be sent through, in order. */
    public final List<List<String>> entrances = new ArrayList<>();
    /** Runs before the wallet examines the transaction to replace. */
    public Runnable onReplace = () -> {};
    /** Runs before the node examines a shared transaction. */
    public Runnable onHand = () -> {};
    /** Whether another transaction spends the coin of the one handed over. */
    public boolean coinsGone;
    /** Why the first node rejects transactions; null to apply its rules. */
    public Reason refusing;
    /** The transactions to hand to the other nodes, too: their keys, in order. */
    public final List<byte[]> spread = new ArrayList<>();

    /** A transaction that belongs to a record. */
    private record Kept(SignedTransaction transaction, List<PacketRef> packets) {}

    private final Random random = new Random(20261127);
    private final Map<Long, CarriedMessage> messages = new LinkedHashMap<>();
    private final Map<PacketRef, SignedTransaction> own = new HashMap<>();
    private final Map<PacketRef, Set<TxId>> rode = new HashMap<>();
    private final Map<ByteBuffer, byte[]> records = new LinkedHashMap<>();
    private final Map<ByteBuffer, Kept> kept = new HashMap<>();
    /** By the spent coin. */
    private final Map<ByteBuffer, SignedTransaction> mempool = new LinkedHashMap<>();
    /** The transaction in a block that spends a coin. */
    private final Map<ByteBuffer, TxId> blocks = new HashMap<>();
    /** Transactions in blocks that were read. */
    private final Set<TxId> read = new HashSet<>();

    private final Map<TxId, List<String>> entered = new HashMap<>();
    private boolean down;
    private boolean covered;
    private long cap = Long.MAX_VALUE;
    private PacketRef slot;

    // ---- actions of tests

    /** Makes the node stop responding, or respond again. */
    public void setDown(boolean now) {
        down = now;
    }

    /** Sets the maximum that a transaction may pay from now on. @param most satoshi */
    public void setCap(long most) {
        cap = most;
    }

    /**
     * Creates a node. @param outputs how many packets it accepts in a transaction @param floor the minimum fee rate it
     * accepts
     */
    public static CarrierNode node(String name, int outputs, FeeRate floor) {
        return new CarrierNode(name, new RelayPolicy(80, outputs, outputs * 83, floor, INCREMENT));
    }

    /** Adds a sealed message of one packet that waits to leave. */
    public CarriedMessage message(long id, byte[] packet) {
        return message(id, packet, false, Duration.ofDays(1));
    }

    /**
     * Adds a message. @param opens whether later packets cannot be read without it @param life how long it may wait to
     * leave
     */
    public CarriedMessage message(long id, byte[] packet, boolean opens, Duration life) {
        return message(id, opens, life, packet);
    }

    /** Adds a message of several packets, to leave within a day. */
    public CarriedMessage message(long id, boolean opens, byte[]... packets) {
        return message(id, opens, Duration.ofDays(1), packets);
    }

    private CarriedMessage message(long id, boolean opens, Duration life, byte[]... packets) {
        List<CarriedPacket> sealed = Arrays.stream(packets)
                .map(packet -> new CarriedPacket(
                        packet, PacketState.SEALED, false, Optional.empty(), Instant.EPOCH, Optional.empty()))
                .toList();
        CarriedMessage message = new CarriedMessage(
                id, PERSONA, NETWORK, opens, false, false, 0, clock.instant().plus(life), sealed);
        messages.put(id, message);
        return message;
    }

    /** Sets the maximum that a coin can pay; another coin pays more. @param most satoshi */
    public void setCoin(long most) {
        coin = most;
    }

    /** Sets whether packets leave in slots of cover traffic. */
    public void setCovered(boolean now) {
        covered = now;
    }

    /** Moves a message's packets to another one; its carrier must be notified. */
    public void rename(long id, long other) {
        CarriedMessage now = messages.remove(id);
        messages.put(
                other,
                new CarriedMessage(
                        other,
                        PERSONA,
                        NETWORK,
                        false,
                        now.isSettled(),
                        false,
                        now.fee(),
                        now.expires(),
                        now.packets()));
        kept.replaceAll((key, one) -> new Kept(
                one.transaction(),
                one.packets().stream()
                        .map(packet -> packet.message() == id ? new PacketRef(other, packet.index()) : packet)
                        .toList()));
    }

    /** Replaces a message by its new state. */
    public void put(CarriedMessage message) {
        messages.put(message.id(), message);
    }

    /** Returns the present state of a message. */
    public CarriedMessage now(long id) {
        return messages.get(id);
    }

    /** Opens a slot for a packet, and for no other, and runs a step in it. */
    public void inSlot(PacketRef packet, Step step) throws PartylineException {
        slot = packet;
        try {
            step.take();
        } finally {
            slot = null;
        }
    }

    /** A step of a packet in its slot. */
    @FunctionalInterface
    public interface Step {
        /** Runs the step. */
        void take() throws PartylineException;
    }

    /** Marks a message as being recalled, or expired. */
    public void recall(long id) {
        CarriedMessage now = messages.get(id);
        messages.put(id, with(now, now.packets(), true, now.fee()));
    }

    /** Puts the transaction that was handed over last into a block, which queries then report. */
    public TxId mine() {
        return mine(handed.get(handed.size() - 1));
    }

    /** Puts a transaction into a block, which queries then report, and drops those that spend the same coin. */
    public TxId mine(byte[] raw) {
        mempool.remove(coin(raw));
        blocks.put(coin(raw), id(raw));
        return id(raw);
    }

    /** Also records that the block was read. */
    public TxId read(byte[] raw) {
        read.add(mine(raw));
        return id(raw);
    }

    /** Removes a block; its transaction is unconfirmed again. @param keep whether nodes have it again */
    public void disconnect(byte[] raw, boolean keep) {
        TxId gone = blocks.remove(coin(raw));
        if (keep) {
            mempool.put(coin(raw), signed(raw));
        }
        read.remove(gone);
        for (CarriedMessage message : messages()) {
            for (int i = 0; i < message.packets().size(); i++) {
                CarriedPacket packet = message.packets().get(i);
                if (packet.state() == PacketState.CONFIRMED
                        && packet.transaction().equals(Optional.of(gone))) {
                    move(message.ref(i), PacketState.RELAYED, true);
                }
            }
        }
    }

    /** Makes nodes drop unconfirmed transactions. */
    public void evict() {
        mempool.clear();
    }

    /** Puts another transaction that spends the same coin into a block. */
    public void spendElsewhere(byte[] raw) {
        mempool.remove(coin(raw));
        blocks.put(coin(raw), id(new byte[8]));
    }

    /** Adds another transaction that spends the same coin and pays more than anyone. */
    public void outbid(byte[] raw) {
        mempool.put(coin(raw), new SignedTransaction(id(new byte[8]), new byte[8], 110, 1_000_000));
    }

    /** Returns the transactions that wait at nodes. */
    public List<byte[]> waiting() {
        return mempool.values().stream().map(SignedTransaction::raw).toList();
    }

    /** Returns the signed transaction of a raw one. */
    public SignedTransaction signed(byte[] raw) {
        return signed.stream()
                .filter(one -> one.id().equals(id(raw)))
                .findFirst()
                .orElseThrow();
    }

    /** Makes nodes report all packets that wait at them. */
    public void show() {
        for (CarriedMessage message : messages()) {
            for (int i = 0; i < message.packets().size(); i++) {
                CarriedPacket packet = message.packets().get(i);
                if (packet.state() == PacketState.SENT
                        && isKnown(NETWORK, packet.transaction().orElseThrow())) {
                    move(message.ref(i), PacketState.RELAYED, true);
                }
            }
        }
    }

    /** Returns how many stored transactions carry packets of several messages, or may. */
    public int kept() {
        return kept.size();
    }

    /** Returns whether a stored transaction carries a packet. */
    public boolean isStored(byte[] packet) {
        return own.values().stream().anyMatch(transaction -> carries(transaction.raw(), packet))
                || kept.values().stream()
                        .anyMatch(one -> carries(one.transaction().raw(), packet));
    }

    /** Returns whether a transaction carries a packet. */
    public static boolean carries(byte[] raw, byte[] packet) {
        for (int from = 0; from + packet.length <= raw.length; from++) {
            if (ByteBuffer.wrap(raw, from, packet.length).equals(ByteBuffer.wrap(packet))) {
                return true;
            }
        }
        return false;
    }

    // ---- format of transactions

    /** A coin's number, the payloads, and a version's number. */
    private SignedTransaction sign(byte[] spent, List<byte[]> payloads, long fee) {
        int length = payloads.stream().mapToInt(payload -> payload.length).sum();
        byte[] version = new byte[8];
        random.nextBytes(version);
        ByteBuffer raw = ByteBuffer.allocate(16 + length).put(spent);
        payloads.forEach(raw::put);
        raw.put(version);
        SignedTransaction made =
                new SignedTransaction(id(raw.array()), raw.array(), TransactionSize.of(payloads) + heavier, fee);
        signed.add(made);
        return made;
    }

    private byte[] freshCoin() {
        byte[] fresh = new byte[8];
        random.nextBytes(fresh);
        return fresh;
    }

    /** Returns the coin that a transaction spends. */
    public static ByteBuffer coin(byte[] raw) {
        return ByteBuffer.wrap(Arrays.copyOf(raw, 8));
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

    /** Nothing in a block can be recalled. */
    private static CarriedMessage with(CarriedMessage now, List<CarriedPacket> packets, boolean ended, long fee) {
        boolean over = packets.stream().allMatch(packet -> packet.state().compareTo(PacketState.CONFIRMED) >= 0);
        boolean mined = packets.stream().allMatch(packet -> packet.state() == PacketState.CONFIRMED);
        return new CarriedMessage(
                now.id(),
                now.persona(),
                now.network(),
                now.opens(),
                ended || over,
                ended && !mined,
                fee,
                now.expires(),
                packets);
    }

    private CarriedPacket packet(PacketRef packet) {
        return messages.get(packet.message()).packets().get(packet.index());
    }

    private void move(PacketRef packet, PacketState state, boolean isSigned) {
        CarriedPacket now = packet(packet);
        change(
                packet,
                new CarriedPacket(now.bytes(), state, isSigned, now.transaction(), now.tried(), left(now, state)));
    }

    private Optional<Instant> left(CarriedPacket now, PacketState state) {
        return state == PacketState.SEALED ? now.left() : now.left().or(() -> Optional.of(clock.instant()));
    }

    /** Its transaction is gone. @param asked whether a packet that no node reported has not left at all */
    private void unsign(PacketRef packet, boolean asked) {
        CarriedPacket now = packet(packet);
        Optional<Instant> left = asked && now.state() == PacketState.SENT ? Optional.empty() : now.left();
        change(
                packet,
                new CarriedPacket(now.bytes(), PacketState.SEALED, false, now.transaction(), Instant.EPOCH, left));
    }

    private void sign(PacketRef packet, TxId transaction) {
        CarriedPacket now = packet(packet);
        rode.computeIfAbsent(packet, none -> new HashSet<>()).add(transaction);
        change(
                packet,
                new CarriedPacket(now.bytes(), now.state(), true, Optional.of(transaction), now.tried(), now.left()));
    }

    private void require(Set<PacketRef> boarding, long fee) throws WaitsException {
        if (!boarding.isEmpty() && (slot == null || !boarding.contains(slot))) {
            throw new IllegalStateException("a packet that may not leave now would be funded");
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
        return rules;
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
        return covered;
    }

    @Override
    public List<Integer> likelySizes(long message) {
        return likely.getOrDefault(message, List.of());
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        return work.run(this);
    }

    // ---- FeeRates

    @Override
    public FeeRate rate(List<CarrierNode> among) {
        FeeRate floor = floor(among);
        return floor.compareTo(rate) > 0 ? floor : rate;
    }

    private static FeeRate floor(List<CarrierNode> among) {
        return among.stream()
                .map(node -> node.policy().minRelayFee())
                .max(Comparator.naturalOrder())
                .orElse(INCREMENT);
    }

    @Override
    public FeeRate highest(List<CarrierNode> among) {
        return new FeeRate(rate(among).satPerKvb() * (100 + band) / 100);
    }

    @Override
    public long most(List<CarrierNode> among, int bytes, int packets) {
        return highest(among).fee(TransactionSize.of(bytes, packets));
    }

    /** Returns the minimum that nodes accept for a replacement. */
    @Override
    public long replacement(long fee, int before, int vsize, List<CarrierNode> among) {
        long least = Math.max(fee + INCREMENT.fee(vsize), fee * vsize / before + 1);
        return Math.max(least, floor(among).fee(vsize));
    }

    // ---- Payments

    @Override
    public Optional<String> pay(PacketRef packet, List<CarrierNode> among) throws PartylineException {
        byte[] bytes =
                messages.get(packet.message()).packets().get(packet.index()).bytes();
        if (own.containsKey(packet)) {
            throw new IllegalStateException("a packet is paid for twice");
        }
        long fee = rate(among).fee(TransactionSize.of(List.of(bytes)) + heavier);
        require(Set.of(packet), fee);
        SignedTransaction transaction = sign(freshCoin(), List.of(bytes), fee);
        own.put(packet, transaction);
        added.add(fee);
        sign(packet, transaction.id());
        return Optional.of(WALLET);
    }

    @Override
    public Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException {
        List<byte[]> payloads =
                wanted.cargo().stream().map(SharedTransaction.Cargo::bytes).toList();
        Optional<Kept> before = wanted.replaces().map(key -> kept.get(ByteBuffer.wrap(key)));
        if (before.isPresent()) {
            onReplace.run();
        }
        int vsize = TransactionSize.of(payloads) + heavier;
        long fee = before.isPresent()
                ? replacement(
                        before.get().transaction().fee(),
                        before.get().transaction().vsize(),
                        vsize,
                        wanted.nodes())
                : rate(wanted.nodes()).fee(vsize);
        require(wanted.boarding(), fee);
        wanted.limit().check(fee, vsize);
        Signed signed = new Signed(WALLET, sign(coin(before, fee), payloads, fee));
        onSigned.run();
        List<PacketRef> stood = before.map(Kept::packets).orElse(List.of());
        for (SharedTransaction.Cargo cargo : wanted.cargo()) {
            if (!stood.contains(cargo.packet())
                    && messages.get(cargo.packet().message()).isEnded()) {
                throw new WaitsException("it was recalled meanwhile");
            }
        }
        byte[] value = keep.keep(this, signed);
        added.add(fee - before.map(one -> one.transaction().fee()).orElse(0L));
        wanted.replaces().ifPresent(this::forget);
        List<PacketRef> packets =
                wanted.cargo().stream().map(SharedTransaction.Cargo::packet).toList();
        records.put(ByteBuffer.wrap(wanted.key().clone()), value);
        kept.put(ByteBuffer.wrap(wanted.key().clone()), new Kept(signed.transaction(), packets));
        packets.forEach(packet -> sign(packet, signed.transaction().id()));
        for (PacketRef left : stood) {
            if (!packets.contains(left)) {
                superseded(left);
            }
        }
        return signed;
    }

    /** Selects the coin to spend: that of the previous version, as far as it suffices. */
    private byte[] coin(Optional<Kept> before, long fee) throws PartylineException {
        if (before.isEmpty()) {
            if (poor) {
                throw new InsufficientFundsException("the wallet has no coin");
            }
            return freshCoin();
        }
        byte[] raw = before.get().transaction().raw();
        if (isMined(NETWORK, id(raw))) {
            throw new WalletException("its coin is spent in a block");
        }
        if (fee > coin) {
            throw new InsufficientFundsException("the change would be dust");
        }
        return coin(raw).array();
    }

    private void forget(byte[] key) {
        records.remove(ByteBuffer.wrap(key));
        kept.remove(ByteBuffer.wrap(key));
    }

    // ---- Broadcasts

    /** Hands a transaction to the first node that responds. @return why that node rejects it */
    private Optional<Refusal> give(SignedTransaction transaction, List<CarrierNode> among)
            throws NodeUnavailableException {
        for (CarrierNode node : among) {
            entered.computeIfAbsent(transaction.id(), none -> new ArrayList<>()).add(node.name());
            if (!down) {
                handed.add(transaction.raw());
                Optional<Refusal> refusal = keeping.contains(node.name()) ? Optional.empty() : take(transaction, node);
                if (breaksOff) {
                    throw new NodeUnavailableException("node '" + node.name() + "' broke off");
                }
                return isKnown(NETWORK, transaction.id()) ? Optional.empty() : refusal;
            }
        }
        throw new NodeUnavailableException("no node answers");
    }

    private Optional<Refusal> take(SignedTransaction now, CarrierNode node) {
        if (isKnown(NETWORK, now.id())) {
            return Optional.empty();
        }
        ByteBuffer spent = coin(now.raw());
        SignedTransaction before = mempool.get(spent);
        if (blocks.containsKey(spent)) {
            return Optional.of(new Refusal(node, Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent"));
        }
        if (now.fee() < node.policy().minRelayFee().fee(now.vsize())) {
            return Optional.of(new Refusal(node, Reason.FEE_TOO_LOW, "min relay fee not met"));
        }
        if (before != null
                && (now.fee() < before.fee() + INCREMENT.fee(now.vsize())
                        || now.fee() * before.vsize() <= before.fee() * now.vsize())) {
            return Optional.of(new Refusal(node, Reason.FEE_TOO_LOW, "insufficient fee"));
        }
        mempool.put(spent, now);
        return Optional.empty();
    }

    @Override
    public void hand(PacketRef packet, List<CarrierNode> among) throws PartylineException {
        SignedTransaction transaction = own.get(packet);
        if (transaction == null) {
            throw new IllegalStateException("what is not stored is handed over");
        }
        give(transaction, among);
        move(packet, PacketState.SENT, true);
    }

    @Override
    public Optional<Refusal> hand(byte[] key, List<CarrierNode> among, Taken taken) throws PartylineException {
        Kept transaction = kept.get(ByteBuffer.wrap(key));
        if (transaction == null) {
            throw new IllegalStateException("what is not stored is handed over");
        }
        entrances.add(among.stream().map(CarrierNode::name).toList());
        onHand.run();
        if (coinsGone) {
            return Optional.of(new Refusal(among.get(0), Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent"));
        }
        if (refusing != null) {
            return Optional.of(new Refusal(among.get(0), refusing, "refused"));
        }
        transaction.packets().forEach(this::tried);
        Optional<Refusal> refusal = give(transaction.transaction(), among);
        if (refusal.isPresent()) {
            return refusal;
        }
        records.put(ByteBuffer.wrap(key), taken.taken(this));
        for (PacketRef packet : transaction.packets()) {
            if (messages.containsKey(packet.message()) && packet(packet).state() == PacketState.SEALED) {
                move(packet, PacketState.SENT, true);
            }
        }
        return Optional.empty();
    }

    private void tried(PacketRef packet) {
        CarriedPacket now = packet(packet);
        change(
                packet,
                new CarriedPacket(
                        now.bytes(), now.state(), now.isSigned(), now.transaction(), clock.instant(), now.left()));
    }

    @Override
    public void spread(byte[] key, List<CarrierNode> among) {
        // All nodes have one mempool.
        spread.add(key);
    }

    // ---- Withdrawals

    @Override
    public void withdraw(PacketRef packet, List<CarrierNode> among, RecallTally tally) throws PartylineException {
        require(packet);
        SignedTransaction before = own.get(packet);
        if (before == null) {
            return;
        }
        SignedTransaction nothing = sign(coin(before.raw()).array(), List.of(), before.fee() + 20);
        own.put(packet, nothing);
        tally.stored();
        give(nothing, among);
        own.remove(packet);
        tally.replaced(nothing.fee() - before.fee());
    }

    @Override
    public boolean isOnItsWay(PacketRef packet) {
        require(packet);
        return own.containsKey(packet);
    }

    private void require(PacketRef packet) {
        CarriedMessage message = messages.get(packet.message());
        if (message != null && packet.index() >= message.packets().size()) {
            throw new IllegalArgumentException("message " + packet.message() + " has no packet " + packet.index());
        }
    }

    // ---- Propagation

    @Override
    public List<CarrierNode> ready(Network network) {
        return nodes;
    }

    @Override
    public boolean isKnown(Network network, TxId transaction) {
        return mempool.values().stream().anyMatch(one -> one.id().equals(transaction)) || isMined(network, transaction);
    }

    @Override
    public boolean isMined(Network network, TxId transaction) {
        return blocks.containsValue(transaction);
    }

    @Override
    public boolean isCaughtUp(Network network) {
        return !behind;
    }

    @Override
    public boolean isDue(PacketRef packet) {
        return due.contains(packet);
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

    /** Also one whose time has passed: an old version may be the one that is mined. */
    @Override
    public void mined(PacketRef packet, TxId transaction) {
        if (messages.containsKey(packet.message())
                && rode.getOrDefault(packet, Set.of()).contains(transaction)) {
            CarriedPacket now = packet(packet);
            change(
                    packet,
                    new CarriedPacket(
                            now.bytes(),
                            PacketState.CONFIRMED,
                            true,
                            Optional.of(transaction),
                            now.tried(),
                            left(now, PacketState.CONFIRMED)));
        }
    }

    @Override
    public void superseded(PacketRef packet) {
        if (messages.containsKey(packet.message())) {
            switch (packet(packet).state()) {
                case RELAYED -> move(packet, PacketState.REPLACED, true);
                case SEALED, SENT -> unsign(packet, true);
                default -> {
                    // Its time has passed, or it is in a block.
                }
            }
        }
    }

    @Override
    public void gone(PacketRef packet, String reason) {
        if (messages.containsKey(packet.message()) && packet(packet).state().compareTo(PacketState.CONFIRMED) < 0) {
            unsign(packet, false);
        }
    }

    @Override
    public Trace trace(TxId transaction) {
        return new Trace(entered.getOrDefault(transaction, List.of()), read.contains(transaction));
    }

    @Override
    public void letGo(byte[] key) {
        letGo.add(kept.get(ByteBuffer.wrap(key)).transaction().id());
    }

    @Override
    public void paid(TxId transaction) {
        boolean after = false;
        for (SignedTransaction one : versions(transaction)) {
            if (after) {
                unpaid(one.id());
            }
            after |= one.id().equals(transaction);
        }
    }

    @Override
    public void unpaid(TxId transaction) {
        long before = 0;
        for (SignedTransaction one : versions(transaction)) {
            if (one.id().equals(transaction) && notPaid.add(transaction)) {
                uncounted.add(one.fee() - before);
            }
            before = one.fee();
        }
    }

    /** Returns the transactions that were signed with a transaction's coin, in order. */
    private List<SignedTransaction> versions(TxId transaction) {
        Optional<ByteBuffer> coin = signed.stream()
                .filter(one -> one.id().equals(transaction))
                .map(one -> coin(one.raw()))
                .findFirst();
        return coin.isEmpty()
                ? List.of()
                : signed.stream()
                        .filter(one -> coin(one.raw()).equals(coin.get()))
                        .toList();
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
        unpaid(kept.get(ByteBuffer.wrap(key)).transaction().id());
        forget(key);
    }
}
