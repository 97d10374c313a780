package org.partyline.sealing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.mailbox.ChainOpener;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Seals messages to a channel: on a running chain, with the channel's key, or with that key and a new chain (PROTOCOL
 * 4, 5).
 */
public final class ChannelSealer implements MessageSealer {

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final ReadingServices reading;
    private final MessageCutter cutter;
    private final Sealing sealing;
    private final PacketSizes sizes;
    private final Outbox outbox;

    ChannelSealer(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            ReadingServices reading,
            Sealing sealing,
            Outbox outbox) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.reading = reading;
        this.cutter = sealing.cutter();
        this.sealing = sealing;
        this.sizes = sealing.sizes();
        this.outbox = outbox;
    }

    @Override
    public boolean seals(Conversation conversation) {
        return conversation instanceof ChannelMembership;
    }

    @Override
    public SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation) {
        return SessionOpening.NOTHING;
    }

    @Override
    public boolean isOpen(Conversation conversation) {
        return true;
    }

    @Override
    public SendPlan outlook(Conversation conversation, Draft draft, SizeRange room, String carrier)
            throws PayloadTooLargeException, StoreException {
        ChannelMembership member = (ChannelMembership) conversation;
        // The required chain is opened by a waiting message, if that message's carrier suits this one.
        boolean running = guard.<Boolean, StoreException>transact(tx -> runs(tx, member.id(), carrier))
                || outbox.isQueued(member.id(), before -> lasts(before) || !lasts(carrier));
        return outlook(member, people.personas.name(member.persona()), draft, room, running, carrier);
    }

    /** Returns whether packets of a carrier are meant to stay in a block. @param carrier its id */
    private static boolean lasts(String carrier) {
        return carrier.equals(Carrier.CONFIRM.id());
    }

    private SendPlan outlook(
            ChannelMembership member, String nickname, Draft draft, SizeRange room, boolean running, String carrier)
            throws PayloadTooLargeException {
        boolean open = isOpen(member.entry);
        PacketLabel label = open ? PacketLabel.SEALED : PacketLabel.RATCHET;
        List<PlannedPacket> plan = cutter.plan(room, draft, label);
        if (open) {
            return SendPlan.of(plan);
        }
        SendPlan opening = opening(nickname, draft, room, plan, carrier);
        return running ? SendPlan.of(plan).or(opening) : opening;
    }

    /** Plans a message that opens a chain. @param plan its packets on a chain */
    private SendPlan opening(String nickname, Draft draft, SizeRange room, List<PlannedPacket> plan, String carrier)
            throws PayloadTooLargeException {
        Draft opener = withChain(draft, nickname, new byte[NewChain.SEED_LENGTH], room);
        if (cutter.fitsOne(room, opener, PacketLabel.SEALED)) {
            return SendPlan.of(List.of()).after(bucket(opener, room));
        }
        SizeRange asLarge = besides(room, plan, carrier);
        return SendPlan.of(plan)
                .after(bucket(withChain(empty(draft), nickname, new byte[NewChain.SEED_LENGTH], asLarge), asLarge));
    }

    /**
     * Returns the size of a packet that only opens the chain. By a roll it is as large as the packets that follow on
     * it: if a version has room for only one of them, a larger packet that replaces a smaller one has to pay a higher
     * fee rate, not only the increment.
     */
    private static SizeRange besides(SizeRange room, List<PlannedPacket> onChain, String carrier) {
        return lasts(carrier)
                ? room
                : new SizeRange(Math.max(room.least(), onChain.get(0).bucket()), room.most());
    }

    /** Returns the bucket of a draft that fits in one packet. */
    private int bucket(Draft opener, SizeRange room) throws PayloadTooLargeException {
        return cutter.plan(room, opener, PacketLabel.SEALED).get(0).bucket();
    }

    static boolean isOpen(MembershipRecord entry) {
        return Channels.Mode.OPEN.name().equals(entry.mode());
    }

    /**
     * Our sending state in a membership.
     *
     * @param opener the state of the packet that opens the chain
     * @param mined whether that packet is in a block
     */
    private record Sending(SendChainRecord chain, ChainOpener opener, boolean mined) {}

    /** Returns our current sending state in a membership. Part of the caller's transaction. */
    private Optional<Sending> sending(StoreTransaction tx, int membership) throws StoreException {
        Optional<SendChainRecord> chain =
                Tables.find(tx, SendChainRecord.TABLE, Keys.of(membership), SendChainRecord.class);
        return chain.isEmpty()
                ? Optional.empty()
                : Optional.of(new Sending(
                        chain.get(),
                        ChainOpener.of(tx, chain.get(), clock.instant().toEpochMilli()),
                        ChainOpener.isMined(tx, chain.get())));
    }

    /**
     * Returns whether our chain in a membership accepts this many more packets with this suite, and a message by this
     * carrier.
     */
    private boolean runs(Optional<Sending> sending, int suite, int packets, String carrier) {
        if (sending.isEmpty()
                || sending.get().chain().suite() != suite
                || !sending.get().opener().carries(carrier)) {
            return false;
        }
        try (SendChain chain = sealing.chains().decodeSend(sending.get().chain().chain())) {
            return chain.position() + packets <= Chains.MAX_MESSAGES
                    && chain.position() < settings.get().sending().chainMessages()
                    && clock.instant().isBefore(chain.started().plus(ChainOpener.CHAIN_LIFE))
                    && !isOfTheFuture(chain);
        }
    }

    /**
     * Returns whether a chain was begun while this machine's clock was fast. Readers rejected its opener for its time,
     * and can read nothing on the chain.
     */
    private boolean isOfTheFuture(SendChain chain) {
        return chain.started().isAfter(clock.instant().plusSeconds(PacketMaker.MOST_AHEAD));
    }

    /** Returns whether the next message of a membership uses a running chain. */
    private boolean runs(StoreTransaction tx, int membership, String carrier) throws StoreException {
        Optional<AeadSuite> suite = sealing.suites().sealing();
        return suite.isPresent()
                && runs(sending(tx, membership), suite.get().id().code(), 1, carrier);
    }

    @Override
    public @Nullable OutgoingMessage seal(Conversation conversation, long id)
            throws MessageWaitsException, StoreException {
        AeadSuite suite = sealing.suites()
                .sealing()
                .orElseThrow(() -> new MessageWaitsException(sealing.suites().whyNoneSeals()));
        try (Job job = guard.<Optional<Job>, MessageWaitsException>open(() -> begin(id, suite))
                .orElse(null)) {
            if (job == null || job.isWritten) {
                return job == null ? null : job.stored;
            }
            if (job.over) {
                guard.perform(() -> outbox.giveUp(
                        id, MessageEvent.RECALLED, "the message's chain has ended: its readers could not verify it"));
                return null;
            }
            // The key derivation takes a while: outside the lock.
            job.derive();
            guard.<StoreException>perform(() -> {
                guard.update(tx -> write(tx, job));
                written(job);
            });
            return job.stored;
        }
    }

    /**
     * Plans a message and, if it needs no key derivation, seals and stores it in the same transaction. Returns empty if
     * the message is over. Hold the lock.
     */
    private Optional<Job> begin(long id, AeadSuite suite) throws StoreException, MessageWaitsException {
        Job[] begun = new Job[1];
        boolean done = false;
        try {
            guard.<Boolean, MessageWaitsException>look(() -> {
                begun[0] = prepare(id, suite);
                if (begun[0] != null && !begun[0].over && begun[0].sealed.isEmpty()) {
                    guard.update(tx -> write(tx, begun[0]));
                }
                return true;
            });
            if (begun[0] != null) {
                written(begun[0]);
            }
            done = true;
            return Optional.ofNullable(begun[0]);
        } finally {
            if (!done && begun[0] != null) {
                begun[0].close();
            }
        }
    }

    /** A chain goes on without the packets that were lost on it. */
    @Override
    public void abandon(OutgoingMessage outgoing) {}

    private @Nullable Job prepare(long id, AeadSuite suite) throws StoreException, MessageWaitsException {
        reading.require();
        record Read(
                OutgoingMessage outgoing, @Nullable MessageRecord message, Optional<Sending> sending, String only) {}
        Optional<Read> found = guard.transact(tx -> {
            Optional<OutgoingMessage> outgoing = OutgoingRecords.find(tx, id);
            Optional<MessageRecord> message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
            if (outgoing.isEmpty() || outgoing.get().isText() && message.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Read(
                    outgoing.get(),
                    message.orElse(null),
                    sending(tx, outgoing.get().membership()),
                    RemarkRecord.find(tx, id).map(RemarkRecord::session).orElse("")));
        });
        if (found.isEmpty() || found.get().outgoing().state() != State.QUEUED) {
            return null;
        }
        Read read = found.get();
        ChannelMembership member = people.conversations.member(read.outgoing().membership());
        if (member == null) {
            return null;
        }
        SizeRange room = sizes.room(member, read.outgoing());
        if (room.most() == 0) {
            throw new MessageWaitsException("it waits for a node that relays OP_RETURN outputs of 64 bytes");
        }
        PersonaKeys personaKeys = people.personas.require(member.persona());
        long timestamp = PacketMaker.timestamp(clock.instant(), member.lastTimestamp());
        Draft draft = new Draft(
                PacketType.ofCode(read.outgoing().type()).orElseThrow(),
                read.outgoing().burn(),
                timestamp,
                read.outgoing().ttlMinutes() == 0
                        ? OptionalInt.empty()
                        : OptionalInt.of(read.outgoing().ttlMinutes()),
                read.outgoing().sign() ? Optional.of(personaKeys.keys.identity().senderId()) : Optional.empty(),
                Optional.empty(),
                read.outgoing().says(read.message()),
                read.outgoing().sign());
        Job job = new Job(read.outgoing(), read.message(), member, people.personas.name(member.entry.persona()), suite);
        try {
            plan(job, draft, room, read.sending(), carrier(read.outgoing(), read.only(), read.sending()));
            job.over = !read.only().isEmpty() && !job.isOn(read.only());
            return job;
        } catch (PayloadTooLargeException e) {
            job.close();
            throw new MessageWaitsException("it waits for a node that carries it: " + e.getMessage());
        } catch (MessageWaitsException e) {
            job.close();
            throw e;
        } catch (RuntimeException e) {
            // Separate from the other catch block: Byteman, which stops servers at test points, finds no common type of
            // the two.
            job.close();
            throw e;
        }
    }

    /**
     * Returns the carrier to assume when choosing a message's chain. A message that must use the chain of another
     * message is of use only to readers of that message, so the chain need not last any longer.
     *
     * @param only the only chain on which it is accepted; empty for any
     */
    private static String carrier(OutgoingMessage outgoing, String only, Optional<Sending> sending) {
        return !only.isEmpty()
                        && sending.isPresent()
                        && only.equals(sending.get().chain().name())
                ? Carrier.ROLLING.id()
                : outgoing.carrier();
    }

    private void plan(Job job, Draft queued, SizeRange room, Optional<Sending> sending, String carrier)
            throws PayloadTooLargeException, MessageWaitsException {
        Draft draft = queued;
        if (isOpen(job.entry)) {
            draft = at(draft, later(draft.timestamp(), job.entry.lastTimestamp()));
            job.sealed.addAll(cutter.planToSeal(room, draft, PacketLabel.SEALED));
        } else {
            List<PlannedPacket> onChain = cutter.planToSeal(room, draft, PacketLabel.RATCHET);
            if (runs(sending, job.suite.id().code(), onChain.size(), carrier)) {
                job.onChain.addAll(onChain);
                job.running = sending.map(Sending::chain);
                return;
            }
            draft = at(draft, later(draft.timestamp(), job.entry.lastTimestamp()));
            onChain = cutter.planToSeal(room, draft, PacketLabel.RATCHET);
            byte[] seed = new byte[NewChain.SEED_LENGTH];
            sealing.random().nextBytes(seed);
            job.seed = SecretBytes.wrap(seed);
            Draft first = withChain(draft, job.nickname, seed, room);
            if (cutter.fitsOne(room, first, PacketLabel.SEALED)) {
                job.sealed.addAll(cutter.planToSeal(room, first, PacketLabel.SEALED));
            } else {
                // A separate packet without content opens the chain; the message follows on the chain.
                SizeRange asLarge = besides(room, onChain, job.outgoing.carrier());
                Draft opener = withChain(empty(draft), job.nickname, seed, asLarge);
                job.sealed.addAll(cutter.planToSeal(asLarge, opener, PacketLabel.SEALED));
                job.onChain.addAll(onChain);
            }
        }
        job.openFor(Days.of(Instant.ofEpochSecond(draft.timestamp())));
    }

    /**
     * Returns a timestamp after the last one, so that readers can tell which of two sealed packets came first. In a
     * burst it runs ahead of the clock by some seconds, within what readers accept.
     */
    private long later(long timestamp, long last) {
        return Math.min(Math.max(timestamp, last + 1), clock.instant().getEpochSecond() + PacketMaker.MOST_AHEAD);
    }

    private static Draft at(Draft draft, long timestamp) {
        return new Draft(
                draft.type(),
                draft.burn(),
                timestamp,
                draft.ttlMinutes(),
                draft.senderId(),
                draft.newChain(),
                draft.body(),
                draft.signed());
    }

    private static Draft empty(Draft draft) {
        return new Draft(
                PacketType.DECOY,
                false,
                draft.timestamp(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                new byte[0]);
    }

    /**
     * Returns the draft as the first of a chain. A nickname is cut to the length that fits in an otherwise empty
     * packet.
     */
    private Draft withChain(Draft draft, String nickname, byte[] seed, SizeRange room) {
        String name = nickname;
        while (true) {
            NewChain chain = new NewChain(seed, name);
            Draft bare = with(empty(draft), chain);
            if (name.isEmpty() || cutter.fitsOne(room, bare, PacketLabel.SEALED)) {
                return with(draft, chain);
            }
            name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        }
    }

    private static Draft with(Draft draft, NewChain chain) {
        return new Draft(
                draft.type(),
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                draft.senderId(),
                Optional.of(chain),
                draft.body(),
                draft.signed());
    }

    /** A message that is being sealed; wiped when done. */
    private final class Job implements AutoCloseable {
        final OutgoingMessage outgoing;
        final @Nullable MessageRecord message;
        final MembershipRecord entry;
        final Network network;
        final String nickname;
        final List<PlannedPacket> sealed = new ArrayList<>();
        final List<PlannedPacket> onChain = new ArrayList<>();
        final List<PacketKey> sealedKeys = new ArrayList<>();
        final AeadSuite suite;
        /** Whether its chain has ended and no other is of use. */
        boolean over;
        /** Whether it was sealed, or would have been if it were not over. */
        boolean isWritten;
        /** The sealed message as stored; null if it was not stored. */
        @Nullable
        OutgoingMessage stored;
        /** The identity that signs packets; set under the lock. */
        @Nullable
        PersonaKeys signer;

        Optional<SendChainRecord> running = Optional.empty();
        /** The seed of a chain that it opens; null if it opens none. */
        @Nullable
        SecretBytes seed;

        private int day;
        /** The keys for sealed packets; null if there are none. */
        private @Nullable SealedBy sealedBy;

        /** The keys of a day. */
        private record SealedBy(SecretBytes root, SecretBytes beacon, KeyDerivation kdf) {}

        Job(
                OutgoingMessage outgoing,
                @Nullable MessageRecord message,
                ChannelMembership member,
                String nickname,
                AeadSuite suite) {
            this.suite = suite;
            this.outgoing = outgoing;
            this.message = message;
            this.entry = member.entry;
            this.network = member.network();
            this.nickname = nickname;
        }

        /** Obtains the keys for sealed packets of a day. */
        void openFor(int sealedOn) throws MessageWaitsException {
            KdfParameters parameters = entry.parameters();
            KeyDerivation kdf = sealing.suites()
                    .derivation(parameters)
                    .orElseThrow(() -> new MessageWaitsException("it waits for the key derivation " + parameters.id()
                            + ": it is stopped or denied (partyline:suite-list)"));
            day = sealedOn;
            SecretBytes root = Objects.requireNonNull(people.conversations.member(entry.id()))
                    .root(sealing.channelKeys(), day);
            sealedBy = new SealedBy(root, sealing.channelKeys().beacon(root), kdf);
        }

        void derive() throws MessageWaitsException {
            SealedBy keys = Objects.requireNonNull(sealedBy, "what needs none is sealed at once");
            for (int i = 0; i < sealed.size(); i++) {
                byte[] locator = sealing.channelKeys().newLocator(keys.beacon(), sealing.random());
                SecretBytes secret;
                try {
                    secret = sealing.channelKeys().sealedSecret(keys.kdf(), entry.parameters(), keys.root(), locator);
                } catch (KdfMemoryException e) {
                    throw new MessageWaitsException("it waits for memory: " + e.getMessage());
                }
                sealedKeys.add(new PacketKey(secret, PacketLabel.SEALED, locator, network));
            }
        }

        /** Returns whether all of it fits on a running chain. @param session its id, in hex */
        boolean isOn(String session) {
            return running.isPresent() && session.equals(running.get().name());
        }

        SendChain chain() {
            if (running.isPresent()) {
                return sealing.chains().decodeSend(running.get().chain());
            }
            try (SecretBytes chainKey = chainKey()) {
                return sealing.chains().send(chainKey, clock.instant());
            }
        }

        byte[] session() {
            if (running.isPresent()) {
                return running.get().session();
            }
            try (SecretBytes chainKey = chainKey()) {
                return sealing.chains().sessionId(chainKey);
            }
        }

        private SecretBytes chainKey() {
            SecretBytes drawn = Objects.requireNonNull(seed, "it opens no chain");
            SealedBy keys = Objects.requireNonNull(sealedBy, "it opens no chain");
            return sealing.chains().channelChainKey(drawn.expose(), keys.root(), network);
        }

        @Override
        public void close() {
            sealedKeys.forEach(key -> key.secret().close());
            if (seed != null) {
                seed.close();
            }
            if (sealedBy != null) {
                sealedBy.root().close();
                sealedBy.beacon().close();
            }
        }
    }

    /** The result of sealing a message. */
    private record Made(List<byte[]> packets, List<String> views, int sequence, byte[] chain) {}

    /** Seals a message and stores the result, unless it is over meanwhile. Part of the caller's transaction. */
    private void write(StoreTransaction tx, Job job) throws StoreException {
        reading.require();
        job.isWritten = true;
        ChannelMembership member = people.conversations.member(job.entry.id());
        if (member == null) {
            return;
        }
        boolean ratchet = !isOpen(job.entry);
        byte[] session = ratchet ? job.session() : new byte[0];
        job.signer = people.personas.require(member.persona());
        Made made = make(job, ratchet, session);
        try {
            job.stored = store(tx, member, job, ratchet, session, made);
        } finally {
            Arrays.fill(made.chain(), (byte) 0);
        }
    }

    /** Updates memory once it is on the disk. Hold the lock. */
    private void written(Job job) {
        ChannelMembership member = people.conversations.member(job.entry.id());
        if (job.stored != null && job.signer != null && member != null) {
            member.entry = member.entry.withTimestamp(timestamp(job));
            job.signer.messages++;
            outbox.remember(List.of(job.stored));
        }
    }

    private Made make(Job job, boolean ratchet, byte[] session) {
        List<byte[]> packets = new ArrayList<>();
        List<String> views = new ArrayList<>();
        for (int i = 0; i < job.sealed.size(); i++) {
            PacketKey key = job.sealedKeys.get(i);
            add(packets, views, job, job.sealed.get(i), key, Optional.empty(), OptionalInt.empty(), key.locator());
        }
        if (!ratchet) {
            return new Made(packets, views, -1, new byte[0]);
        }
        try (SendChain chain = job.chain()) {
            int sequence = job.onChain.isEmpty() ? -1 : chain.position();
            for (PlannedPacket planned : job.onChain) {
                SendChain.Step step = chain.step();
                try (SecretBytes secret = step.secret()) {
                    PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, step.locator(), job.network);
                    add(
                            packets,
                            views,
                            job,
                            planned,
                            key,
                            Optional.of(session),
                            OptionalInt.of(step.position()),
                            job.entry.salt());
                }
            }
            try (SecretBytes state = chain.encode()) {
                return new Made(packets, views, sequence, state.expose().clone());
            }
        }
    }

    private void add(
            List<byte[]> packets,
            List<String> views,
            Job job,
            PlannedPacket planned,
            PacketKey key,
            Optional<byte[]> session,
            OptionalInt sequence,
            byte[] salt) {
        PacketMaker.Sealed sealed = PacketMaker.sealOne(sealing, planned, key, job.suite, job.signer);
        packets.add(sealed.packet());
        views.add(sealing.codec()
                .json(PacketOpener.viewOf(
                        sealed.opened(), session, sequence, Optional.of(job.entry.parameters()), salt)));
    }

    private @Nullable OutgoingMessage store(
            StoreTransaction tx, ChannelMembership member, Job job, boolean ratchet, byte[] session, Made made)
            throws StoreException {
        List<OutgoingPart> parts = made.packets().stream().map(OutgoingPart::of).toList();
        List<byte[]> ids = made.packets().stream()
                .map(packet -> PacketId.of(job.network.code(), packet).hash())
                .toList();
        long timestamp = timestamp(job);
        MembershipRecord entry = member.entry.withTimestamp(timestamp);
        Optional<OutgoingMessage> now = OutgoingRecords.find(tx, job.outgoing.id());
        Optional<Sending> sending = sending(tx, entry.id());
        if (now.isEmpty() || now.get().state() != State.QUEUED) {
            return null;
        }
        OutgoingMessage after = outbox.update(
                tx,
                now.get(),
                now.get()
                        .sealed(
                                parts,
                                timestamp,
                                ratchet && !job.sealed.isEmpty(),
                                HexFormat.of().formatHex(session)));
        if (job.message != null) {
            // Readers do not refer to the message by a packet that opens a chain and has no content.
            int first = job.onChain.isEmpty() ? 0 : job.sealed.size();
            MessageRecords.put(
                    tx,
                    job.message
                            .sealed(made.sequence(), timestamp, timestamp, ids, made.views())
                            .named(made.packets().get(first), session));
        }
        if (ratchet) {
            tx.put(
                    SendChainRecord.TABLE,
                    Keys.of(entry.id()),
                    Keys.ALL,
                    Cbor.write(new SendChainRecord(
                            entry.id(),
                            session,
                            job.suite.id().code(),
                            made.chain(),
                            job.running.map(SendChainRecord::opener).orElse(after.id()),
                            job.running.isPresent() && sending.orElseThrow().mined())),
                    null);
            if (job.running.isEmpty()) {
                // Our own chain counts as seen, too, so that nobody can make us read our own text as another's.
                SeenChains.opens(tx, entry.id(), job.day, session);
            }
        }
        for (PacketKey key : job.sealedKeys) {
            // Our own locators count as opened: we do not read our own packets.
            SeenLocators.putOwn(tx, entry.id(), job.day, key.locator());
        }
        PersonaKeys signer = Objects.requireNonNull(job.signer, "set when it is written");
        IdentityRecord counted = signer.toStore().withMessages(signer.messages + 1);
        Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(signer.persona), Keys.ALL, counted);
        Tables.putSecret(
                tx,
                MembershipRecord.TABLE,
                Keys.of(entry.id()),
                Keys.ALL,
                member.toStore().withTimestamp(timestamp));
        return after;
    }

    private static long timestamp(Job job) {
        List<PlannedPacket> any = job.sealed.isEmpty() ? job.onChain : job.sealed;
        return any.get(0).content().timestamp();
    }
}
