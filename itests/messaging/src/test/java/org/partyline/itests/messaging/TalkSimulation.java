package org.partyline.itests.messaging;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.cover.PoissonTiming;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.vault.MachineStore;

/**
 * A conversation of three people on one network, made of actions. It records what each of them sees, and checks at the
 * end for every message that each reader saw it once, or its sender knows that it did not arrive, or the reader knows
 * that it is missing.
 */
final class TalkSimulation implements AutoCloseable {
    private static final List<String> NAMES = List.of("alice", "bob", "carol");
    private static final List<String> CHANNELS = List.of("lobby", "den");
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();
    /** The minimum time before a version of a rolling transaction is replaced. */
    private static final Duration SPACING = Duration.ofSeconds(31);

    /** The step of the clock when more time passes. */
    private static final Duration STRIDE = Duration.ofHours(5);

    private static final int MOST_ROUNDS = 60;

    /** The highest spending cap, in satoshi. */
    private static final long MOST = 100_000_000;

    /** A cap that allows two packets. */
    private static final long FEW = 60;

    /** The maximum number of restorable copies of each server's files. */
    private static final int MOST_COPIES = 12;

    /** Bundles that a server may lack for a while. */
    private static final List<String> PARTS = List.of(
            "mailbox",
            "fees",
            "contacts",
            "sealing",
            "delivery",
            "receive",
            "carrier-confirm",
            "carrier-rolling",
            "aead-xchacha20poly1305",
            "packet");

    /** A person's action, or an event. */
    enum Kind {
        /** Sends messages, each in a separate transaction: conversation, style, number. */
        SAY,
        /** Sends messages in a rolling transaction: the same parameters. */
        ROLL,
        /** Advances the clock: index of a duration. */
        WAIT,
        /** Advances the clock by more than a day. */
        WAIT_A_DAY,
        /** Mines all unconfirmed transactions. */
        MINE,
        /** Mines an earlier version of an unconfirmed transaction: which one. */
        MINE_OLDER,
        /** Replaces the last blocks: how many, whether their transactions become unconfirmed again. */
        REORGANISE,
        /** Makes nodes drop their unconfirmed transactions. */
        EVICT,
        STOP,
        START,
        /** Kills the process after some more changes of the store: how many, by which thread. */
        CRASH,
        LOCK,
        UNLOCK,
        /** Recalls a message: which one, counted from the last. */
        RECALL,
        BACKUP,
        /** The machine is lost, and the last backup is restored on another one. */
        RESTORE,
        /** Restores an older copy of its files: from how many steps ago, whether after a clean stop. */
        PUT_BACK,
        /**
         * Like {@link #CRASH}, but another machine continues with the store: how many, by which thread, whether that
         * one had watched the first.
         */
        TAKE_OVER,
        /** Stops a bundle: which one. */
        SWAP_OUT,
        /** Starts it again. */
        SWAP_IN,
        LEAVE,
        JOIN,
        /** Ends the session with a contact. */
        CLOSE_SESSION,
        /** Makes new keys for the persona: whether the old ones may be known. */
        ROTATE,
        /** Sets a spending cap: which one, whether it allows everything. */
        LIMIT,
        /** Loses the connection to its node. */
        LOSE_NODE,
        FIND_NODE
    }

    /** One step of a conversation. It does nothing if it is not applicable. */
    record Action(Kind kind, int who, int a, int b, int c) {
        static Action of(Kind kind, int who, int... more) {
            int[] all = java.util.Arrays.copyOf(more, 3);
            return new Action(kind, who, all[0], all[1], all[2]);
        }

        @Override
        public String toString() {
            String name = NAMES.get(who);
            return switch (kind) {
                case SAY, ROLL ->
                    name + " writes " + c + (kind == Kind.SAY ? " confirm " : " rolling ") + Style.values()[b] + " to "
                            + (a < CHANNELS.size() ? CHANNELS.get(a) : NAMES.get((who + a - 1) % NAMES.size()));
                case WAIT -> WAITS.get(a) + " pass";
                case WAIT_A_DAY -> "25 hours pass";
                case MINE -> "a block";
                case MINE_OLDER -> "a block with an older version (" + a + ")";
                case REORGANISE -> a + " blocks are gone" + (b == 0 ? "" : ", and what they had waits again");
                case EVICT -> "nodes forget what waits";
                case CRASH -> name + " is killed after " + a + " changes by its " + (b == 0 ? "sender" : "intake");
                case PUT_BACK ->
                    name + (b == 0 ? " is killed" : " stops") + ", and its files of " + a + " steps ago are put back";
                case TAKE_OVER ->
                    name + " is killed after " + a + " changes by its " + (b == 0 ? "sender" : "intake")
                            + (c == 0
                                    ? ", and a machine takes over that watched it"
                                    : ", and a machine takes over that did not watch it");
                case SWAP_OUT -> name + " is without " + PARTS.get(a);
                case RECALL -> name + " recalls message -" + a;
                case LEAVE, JOIN -> name + " " + kind + " " + CHANNELS.get(a);
                case CLOSE_SESSION -> name + " closes the session with " + NAMES.get((who + 1 + a) % NAMES.size());
                case ROTATE -> name + " has new keys" + (a == 0 ? "" : ", since the old ones may be known");
                case LIMIT -> name + " pays " + (b == 0 ? "little" : "everything") + " by " + Fees.Cap.values()[a];
                default -> name + " " + kind;
            };
        }
    }

    /** The style of a message. */
    enum Style {
        PLAIN,
        LONG,
        BURN,
        /** Lives for ten minutes. */
        SHORT_LIVED
    }

    private static final List<Duration> WAITS =
            List.of(SPACING, Duration.ofMinutes(2), Duration.ofHours(1), Duration.ofHours(7));

    /** The circumstances of a conversation. @param outputs maximum number of packets in a transaction */
    record Circumstances(int outputs, int chainMessages, boolean burns, boolean receipts, boolean postQuantum) {
        static Circumstances of(Random random) {
            return new Circumstances(
                    random.nextBoolean() ? 1 : 10,
                    random.nextInt(3) == 0 ? 4 : 25,
                    random.nextInt(4) == 0,
                    random.nextInt(4) == 0,
                    random.nextInt(4) == 0);
        }
    }

    /** A message of the conversation. */
    private static final class Said {
        final int number;
        final Person by;
        int life;
        final boolean direct;
        final String place;
        final Style style;
        final String text;
        final long since;
        long id;
        State state = State.QUEUED;
        String reason = "";
        /** Whether its server was killed while storing it, so that it is unknown whether it was stored. */
        boolean uncertain;
        /** The chain that it is on. */
        String session = "";

        int sequence = -1;
        /** Whether its sender was notified that it may not have been read. */
        boolean doubtful;
        /** Whether its sender is told that it arrived, or that it was shown. */
        boolean delivered;

        boolean read;
        /** Whether it still waited in restored files: it is sent again, as these do not show that it was sent. */
        boolean repeated;

        Said(int number, Person by, boolean direct, String place, Style style, long since) {
            this.number = number;
            this.by = by;
            this.life = by.life;
            this.direct = direct;
            this.place = place;
            this.style = style;
            this.since = since;
            this.text = "message " + number + " of " + by.name
                    + (style == Style.LONG ? ", which is long" + " and longer".repeat(10) : "");
        }

        @Override
        public String toString() {
            return "message " + number + " (" + by.name + " to " + place + ", " + style + ", " + state
                    + (reason.isEmpty() ? "" : ": " + reason) + ", chain "
                    + (session.isEmpty() ? "none" : session.substring(0, 4) + " at " + sequence) + ")";
        }
    }

    /** One of the three people, with the present server. */
    private final class Person {
        final int index;
        final String name;
        final Map<String, Object> configuration = new HashMap<>();
        TalkNetwork.Seat seat;
        TestServer server;
        boolean running;
        boolean locked;
        /** Whether it has lost its node. */
        boolean lost;
        /** Whether a cap may refuse its messages. */
        boolean limited;
        /** How often it was restored on another machine. */
        int life;
        /** The step in which it joined each channel; absent if it is not a member. */
        final Map<String, Integer> since = new HashMap<>();
        /** When its store began. */
        int begun;

        Path backup;
        MachineStore files;
        Map<String, byte[]> tokens;
        boolean killed;
        /** The bundle that its server lacks; null if none. */
        String without;
        /** Whether its server lacked a cipher suite, and so may have dropped packets that waited for it. */
        boolean lackedSuite;
        /** Its files before each of the last steps of this life, newest first. */
        final Deque<Copy> copies = new ArrayDeque<>();
        /** Whether the next start finds the newest files, and can detect that. */
        boolean sure = true;
        /** The numbers under which each text was shown in this life. */
        final Map<String, Set<Long>> shown = new LinkedHashMap<>();
        /** The texts that were shown in earlier lives, and so have been read. */
        final Set<String> read = new HashSet<>();
        /** The cost of each of its messages, according to its server; in this life. */
        final Map<Long, Long> fees = new HashMap<>();
        /** The last ledger entry of each transaction; in this life. */
        final Map<String, SpentRecord> ledger = new HashMap<>();

        final List<TalkNetwork.Seat> seats = new ArrayList<>();
        /** Periods of absence, in seconds of the clock: from, to. */
        final List<long[]> absences = new ArrayList<>();

        Person(int index) {
            this.index = index;
            this.name = NAMES.get(index);
        }

        boolean isThere() {
            return running && !locked;
        }
    }

    /**
     * Files of a server. @param since the step in which it joined each channel @param said number of messages by then
     */
    private record Copy(MachineStore files, Map<String, Integer> since, int said) {}

    private final Circumstances circumstances;
    private final TalkNetwork network;
    private final HandSetClock clock;
    private final SecureRandom random;
    private final List<Person> people = new ArrayList<>();
    private final List<Said> said = new ArrayList<>();
    /** The step in which each chain was first used. */
    private final Map<String, Integer> chainsOpened = new HashMap<>();

    private final UsedSecrets secrets = new UsedSecrets();
    /** The secrets of servers that were stopped or killed. */
    private final List<UsedSecrets> ended = new ArrayList<>();

    private final List<String> failures = new ArrayList<>();
    private final List<String> course = new ArrayList<>();
    private int step;
    /** Whether nodes have dropped transactions. */
    private boolean forgetful;
    /** Whether someone has new keys, which are in no earlier backup. */
    private boolean rotated;
    /** Pairs of which one does not know the other's keys, and must be given the card. */
    private final Set<Set<Person>> apart = new HashSet<>();

    TalkSimulation(TalkNetwork network, Circumstances circumstances, long seed) throws Exception {
        this.network = network;
        this.clock = network.clock();
        this.circumstances = circumstances;
        this.random = new SeededRandom(seed);
        for (int i = 0; i < NAMES.size(); i++) {
            people.add(new Person(i));
        }
        for (Person person : people) {
            create(person);
            for (String channel : CHANNELS) {
                join(person, channel);
            }
        }
        for (Person person : people) {
            for (Person other : people) {
                if (other != person) {
                    person.server.know(other.server, other.name);
                }
            }
        }
    }

    /** Deterministic randomness from a seed. */
    private static final class SeededRandom extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient Random random;

        SeededRandom(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public synchronized void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }

    private void start(Person person, MachineStore store) throws Exception {
        person.seat = network.seat(person.name, circumstances.outputs());
        person.seats.add(person.seat);
        person.server = new TestServer(
                store,
                clock,
                person.configuration,
                new PoissonTiming(),
                random,
                List.of(person.seat.transport()),
                List.of(person.seat.wallet()));
        person.running = true;
        person.locked = false;
        person.lost = false;
        person.killed = false;
        person.without = null;
    }

    private void create(Person person) throws Exception {
        person.configuration.putAll(Map.of(
                "fee-band",
                "0",
                "default-ttl",
                "45d",
                "chain-messages",
                Integer.toString(circumstances.chainMessages()),
                "roll-end",
                circumstances.burns() ? "burn" : "confirm",
                "receipts",
                circumstances.receipts() ? "pay" : "off",
                "read-receipts",
                Boolean.toString(circumstances.receipts()),
                "post-quantum",
                circumstances.postQuantum() ? "pay" : "off"));
        start(person, new MachineStore());
        person.server.vault().create(TestServer.STORE_PASSPHRASE);
        // Otherwise, if reading stops at once, it would later go on at the tip.
        person.server.awaitCursor(person.seat.transport());
        person.server.read();
        person.server.personas().rename("me", person.name);
        person.begun = step;
    }

    private void join(Person person, String channel) throws PartylineException {
        person.server.join(channel, Mode.RATCHET);
        person.since.put(channel, step);
    }

    /** Performs an action, and waits until all its consequences are complete. */
    void act(Action action) throws Exception {
        step++;
        course.add(action.toString());
        for (Person person : people) {
            if (person.running && !person.killed) {
                person.copies.addFirst(new Copy(person.server.store.copy(), Map.copyOf(person.since), said.size()));
                if (person.copies.size() > MOST_COPIES) {
                    person.copies.removeLast();
                }
            }
        }
        Person who = people.get(action.who());
        switch (action.kind()) {
            case SAY, ROLL -> say(who, action);
            case WAIT -> pass(WAITS.get(action.a()));
            case WAIT_A_DAY -> pass(Duration.ofHours(25));
            case MINE -> network.mine();
            case MINE_OLDER -> network.mineOlder(action.a());
            case REORGANISE -> {
                forgetful |= action.b() == 0;
                network.reorganise(action.a(), action.b() != 0);
                if (action.b() == 0) {
                    // Whoever wrote them with files that are gone cannot send them again.
                    said.stream()
                            .filter(message -> message.life != message.by.life)
                            .forEach(message -> message.uncertain = true);
                }
            }
            case EVICT -> {
                forgetful = true;
                network.evictAll();
            }
            case STOP -> stop(who);
            case START -> start(who);
            case CRASH -> crash(who, action.a(), action.b() == 0 ? "partyline-sender" : "partyline-intake");
            case LOCK -> lock(who);
            case UNLOCK -> unlock(who);
            case RECALL -> recall(who, action.a());
            case BACKUP -> backup(who);
            case RESTORE -> restore(who);
            case PUT_BACK -> putBack(who, action.a(), action.b() != 0);
            case TAKE_OVER -> takeOver(who, action);
            case SWAP_OUT -> swapOut(who, PARTS.get(action.a()));
            case SWAP_IN -> swapIn(who);
            case LEAVE -> leave(who, CHANNELS.get(action.a()));
            case JOIN -> rejoin(who, CHANNELS.get(action.a()));
            case CLOSE_SESSION -> closeSession(who, people.get((who.index + 1 + action.a()) % people.size()));
            case ROTATE -> rotate(who, action.a() != 0);
            case LIMIT -> limit(who, Fees.Cap.values()[action.a()], action.b() == 0 ? FEW : MOST);
            case LOSE_NODE -> loseNode(who);
            case FIND_NODE -> findNode(who);
        }
        settle();
    }

    /** Meanwhile, running servers perform their maintenance. */
    private void pass(Duration time) throws Exception {
        Duration left = time;
        while (left.compareTo(STRIDE) > 0) {
            left = left.minus(STRIDE);
            passAtOnce(STRIDE);
        }
        passAtOnce(left);
    }

    private void passAtOnce(Duration time) throws Exception {
        network.pass(time);
        for (Person person : people) {
            if (person.running) {
                person.server.keep();
            }
        }
        settle();
    }

    private void say(Person who, Action action) throws Exception {
        boolean confirm = action.kind() == Kind.SAY;
        boolean direct = action.a() >= CHANNELS.size();
        String place = direct ? NAMES.get((who.index + action.a() - 1) % NAMES.size()) : CHANNELS.get(action.a());
        for (int i = 0; i < action.c(); i++) {
            if (!who.isThere() || !direct && !who.since.containsKey(place)) {
                return;
            }
            Style style = Style.values()[action.b()];
            Said message = new Said(
                    said.size(), who, direct, place, style, clock.instant().getEpochSecond());
            said.add(message);
            course.add("    " + message);
            try {
                message.id = who.server
                        .messages()
                        .send(new Messages.Send(
                                Optional.empty(),
                                direct,
                                place,
                                message.text,
                                style == Style.SHORT_LIVED ? Optional.of(Duration.ofMinutes(10)) : Optional.empty(),
                                style == Style.BURN,
                                false,
                                Optional.empty(),
                                Optional.of(confirm ? Carrier.CONFIRM : Carrier.ROLLING)))
                        .id();
                message.uncertain = who.killed;
            } catch (PartylineException | UnavailableException e) {
                message.uncertain = true;
                if (!who.killed && who.without == null && !who.limited) {
                    throw e;
                }
            }
            if (!confirm || i + 1 < action.c()) {
                settle();
                network.pass(confirm ? Duration.ofSeconds(1) : SPACING);
                settle();
            }
        }
    }

    private void stop(Person who) throws Exception {
        if (who.running && !who.killed) {
            if (!who.locked) {
                look(who);
            }
            close(who);
            readCosts(who);
        }
    }

    /** Reads what a server has spent since the last look, which may queue receipts: it was not idle then. */
    private static void readCosts(Person who) throws Exception {
        MachineStore files = who.server.store.copy();
        files.unlock(TestServer.STORE_PASSPHRASE);
        List<OutgoingMessage> listed = files.transact(OutgoingRecords::all);
        listed.forEach(outgoing -> who.fees.put(outgoing.id(), outgoing.fee()));
        readLedger(who, files, listed.stream().map(OutgoingMessage::id).collect(Collectors.toSet()));
        files.lock();
    }

    private void close(Person who) {
        who.running = false;
        absent(who);
        who.server.store.afterChange = () -> {};
        who.server.close();
        who.seat.close();
        ended.add(who.server.secrets);
    }

    private Set<String> packetsThatLeft() {
        Set<String> all = new HashSet<>();
        for (byte[] raw : network.handed()) {
            CarrierStage.payloads(raw).forEach(packet -> all.add(HexFormat.of().formatHex(packet.array())));
        }
        return all;
    }

    private void absent(Person who) {
        who.absences.add(new long[] {clock.instant().getEpochSecond(), Long.MAX_VALUE});
    }

    /** Called when one reason for not reading is over; another one may not be. */
    private void present(Person who) {
        who.absences.forEach(
                absence -> absence[1] = Math.min(absence[1], clock.instant().getEpochSecond()));
        if (!who.isThere() || who.lost || who.without != null) {
            absent(who);
        }
    }

    private void start(Person who) throws Exception {
        if (!who.running) {
            MachineStore files = who.server.store;
            files.lock();
            start(who, files);
            open(who);
        }
    }

    /** Opens the store of a person who was absent, which must not be taken for an old copy unless it is one. */
    private void open(Person who) throws Exception {
        boolean sure = who.sure;
        // Before it opens: it may be killed while that is going on, which determines the next start.
        who.sure = true;
        who.server.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitWatch(who, 0);
        who.locked = false;
        present(who);
        if (sure) {
            who.server.vault().warnings().stream()
                    .filter(warning -> warning.contains("old copy"))
                    .forEach(warning -> failures.add("doubted: " + who.name + ": " + warning));
        }
    }

    /** A thread of the server begins to watch its node. On a busy machine, the conversation could end before. */
    private static void awaitWatch(Person who, int before) throws Exception {
        TestServer.await("the node of " + who.name + " is watched", () -> who.seat.watched() > before);
    }

    /** @param action also determines whether the machine that takes over had watched the other */
    private void takeOver(Person who, Action action) {
        boolean watched = action.c() == 0;
        crash(who, action.a(), action.b() == 0 ? "partyline-sender" : "partyline-intake", store -> {
            who.files = watched ? store.onAnotherMachine().watched() : store.onAnotherMachine();
            who.sure = watched;
        });
    }

    private void crash(Person who, int changes, String thread) {
        crash(who, changes, thread, store -> {
            who.files = store.copy();
            who.tokens = Map.copyOf(store.outside.tokens);
        });
    }

    /**
     * From the end of the n-th change of its store by one of its threads on, nothing that the server does has any
     * effect.
     *
     * @param taken receives its remaining files
     */
    private void crash(Person who, int changes, String thread, Consumer<MachineStore> taken) {
        if (!who.running || who.killed) {
            return;
        }
        int[] left = {changes};
        TalkNetwork.Seat seat = who.seat;
        MachineStore store = who.server.store;
        Runnable kill = () -> {
            boolean counts = changes == 0 || Thread.currentThread().getName().equals(thread);
            if (counts && left[0]-- == 0) {
                who.tokens = null;
                taken.accept(store);
                who.killed = true;
                seat.cut();
            }
        };
        store.afterChange = kill;
        if (changes == 0) {
            kill.run();
        }
    }

    /** Starts the servers that were killed. */
    private void buryKilled() throws Exception {
        for (Person who : people) {
            if (who.running && who.killed) {
                course.add("    " + who.name + " was killed, and starts again");
                close(who);
                if (who.tokens != null) {
                    who.server.store.outside.tokens.clear();
                    who.server.store.outside.tokens.putAll(who.tokens);
                }
                start(who, who.files);
                open(who);
            }
        }
    }

    private void lock(Person who) throws Exception {
        if (who.isThere() && !who.killed) {
            look(who);
            who.server.vault().lock();
            readCosts(who);
            who.locked = true;
            absent(who);
        }
    }

    private void unlock(Person who) throws Exception {
        if (who.running && who.locked && !who.killed) {
            attempt(who, () -> open(who));
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    /** Does something that is refused while a bundle is missing. @return whether it was done */
    private static boolean attempt(Person who, Attempt work) throws Exception {
        try {
            work.run();
            return true;
        } catch (PartylineException | UnavailableException e) {
            if (who.without == null && !who.killed) {
                throw e;
            }
            return false;
        }
    }

    private void swapOut(Person who, String part) {
        if (who.running && !who.killed && who.without == null) {
            swap(who.server, part, true);
            who.without = part;
            who.lackedSuite |= part.startsWith("aead-");
            absent(who);
        }
    }

    private void swapIn(Person who) throws Exception {
        if (who.running && !who.killed && who.without != null) {
            int before = who.seat.watched();
            swap(who.server, who.without, false);
            if (who.without.equals("receive")) {
                awaitWatch(who, before);
            }
            who.without = null;
            present(who);
        }
    }

    private static void swap(TestServer server, String part, boolean out) {
        switch (part) {
            case "carrier-confirm", "carrier-rolling" -> {
                CarrierFactory carrier = part.endsWith("confirm") ? server.confirm : server.rolling;
                if (out) {
                    server.stop(carrier);
                } else {
                    server.start(carrier);
                }
            }
            case "aead-xchacha20poly1305" -> {
                if (out) {
                    server.stop(server.suite("XCHACHA20_POLY1305"));
                } else {
                    server.start(server.suite("XCHACHA20_POLY1305"));
                }
            }
            case "packet" -> {
                if (out) {
                    server.stop(PacketCodec.class);
                } else {
                    server.start(PacketCodec.class);
                }
            }
            default -> {
                if (out) {
                    server.stop(part);
                } else {
                    server.start(part);
                }
            }
        }
    }

    private void recall(Person who, int back) throws Exception {
        List<Said> own = said.stream()
                .filter(message -> message.by == who && message.life == who.life && !message.uncertain)
                .toList();
        if (!who.isThere() || who.killed || own.isEmpty()) {
            return;
        }
        Said message = own.get(Math.max(0, own.size() - 1 - back));
        try {
            if (message.state == State.QUEUED || message.state == State.SEALED) {
                who.server.messages().cancel(message.id);
            } else {
                who.server.messages().recall(message.id);
            }
        } catch (PartylineException | UnavailableException e) {
            // It is in a block, or gone, or a bundle is missing: nothing is changed.
        }
    }

    private void backup(Person who) throws Exception {
        // Contacts do not recognise earlier keys, so nobody restores them.
        if (who.isThere() && !who.killed && !rotated) {
            Path backup = Files.createTempDirectory("talk").resolve("backup");
            if (attempt(who, () -> who.server.backups().exportTo(backup, PASSPHRASE))) {
                who.backup = backup;
            }
        }
    }

    private void restore(Person who) throws Exception {
        if (who.backup == null || who.killed) {
            return;
        }
        if (who.running) {
            stop(who);
        }
        network.pass(Duration.ofMinutes(1));
        beginLife(who);
        who.since.clear();
        who.configuration.clear();
        start(who, new MachineStore());
        who.server.vault().create(TestServer.STORE_PASSPHRASE);
        who.server.awaitCursor(who.seat.transport());
        who.server.read();
        who.server.backups().importFrom(who.backup, PASSPHRASE, Original.GONE);
        who.server.personas().use(who.name);
        present(who);
        for (var channel : who.server.channels().listAll()) {
            who.since.put(channel.name(), step);
        }
    }

    /** The server continues without its earlier data. */
    private void beginLife(Person who) {
        who.life++;
        who.copies.clear();
        who.read.addAll(who.shown.keySet());
        who.shown.clear();
        who.begun = step;
    }

    private void putBack(Person who, int steps, boolean cleanly) throws Exception {
        if (who.killed || who.copies.isEmpty()) {
            return;
        }
        Copy copy = List.copyOf(who.copies).get(Math.min(steps, who.copies.size() - 1));
        if (who.running && !cleanly) {
            crash(who, 0, "");
            close(who);
            who.server.store.outside.tokens.clear();
            who.server.store.outside.tokens.putAll(who.tokens);
        }
        stop(who);
        network.pass(Duration.ofMinutes(1));
        beginLife(who);
        who.since.clear();
        who.since.putAll(copy.since());
        // Files outside the home are not restored.
        MachineStore files = copy.files().onAnotherMachine();
        files.outside.tokens.putAll(who.server.store.outside.tokens);
        files.unlock(TestServer.STORE_PASSPHRASE);
        for (Said message : said) {
            if (message.by == who && message.life == who.life - 1 && message.number < copy.said()) {
                Optional<OutgoingMessage> outgoing = files.transact(tx -> OutgoingRecords.find(tx, message.id));
                message.life = outgoing.isPresent() ? who.life : message.life;
                message.repeated |= message.uncertain
                        || outgoing.isPresent() && outgoing.get().state() == State.QUEUED;
            }
        }
        files.lock();
        start(who, files);
        who.sure = false;
        open(who);
    }

    private void leave(Person who, String channel) throws Exception {
        if (who.isThere() && !who.killed && who.since.containsKey(channel)) {
            look(who);
            if (!attempt(who, () -> who.server.channels().leave(Optional.empty(), channel))) {
                return;
            }
            who.since.remove(channel);
            // Its messages are deleted, too: after joining again, it may see those that can still be found.
            said.stream()
                    .filter(message -> !message.direct && message.place.equals(channel))
                    .forEach(message -> who.shown.remove(message.text));
        }
    }

    private void rejoin(Person who, String channel) throws Exception {
        if (who.isThere() && !who.killed && !who.since.containsKey(channel)) {
            attempt(who, () -> join(who, channel));
        }
    }

    private void closeSession(Person who, Person other) throws Exception {
        if (who.isThere() && !who.killed && !"contacts".equals(who.without)) {
            try {
                who.server.sessions().close(Optional.empty(), other.name);
            } catch (PartylineException | UnavailableException e) {
                // There is none, or a bundle is missing: nothing is changed.
            }
        }
    }

    private void rotate(Person who, boolean compromised) throws Exception {
        if (!who.isThere() || who.killed || "contacts".equals(who.without)) {
            return;
        }
        List<String> untold = new ArrayList<>();
        boolean done = attempt(
                who,
                () -> untold.addAll(who.server
                        .personas()
                        .rotate(Optional.empty(), compromised)
                        .untold()));
        for (Person other : people) {
            // Whoever is killed meanwhile does not know who was told.
            if (untold.contains(other.name) || other != who && who.killed) {
                apart.add(Set.of(who, other));
            }
        }
        if (done) {
            course.add("    it does not reach " + untold);
            rotated = true;
            people.forEach(person -> person.backup = null);
            who.copies.clear();
        }
    }

    private void limit(Person who, Fees.Cap cap, long satoshi) throws Exception {
        if (who.isThere() && !who.killed && !"fees".equals(who.without)) {
            who.limited |= satoshi == FEW;
            attempt(who, () -> who.server.fees().limit(cap, satoshi));
        }
    }

    private void loseNode(Person who) {
        if (who.running && !who.killed && !who.lost) {
            who.seat.lose();
            who.lost = true;
            absent(who);
        }
    }

    private void findNode(Person who) {
        if (who.running && !who.killed && who.lost) {
            who.seat.find();
            who.lost = false;
            present(who);
        }
    }

    /** Returns whether one of them knows that the other needs a new card. */
    private boolean isApart(Person one, Person other) throws Exception {
        return apart.contains(Set.of(one, other)) || isUntold(one, other) || isUntold(other, one);
    }

    /** Returns whether a notice says that the other lacks its keys, or that a packet with the other's may be lost. */
    private boolean isUntold(Person who, Person other) throws Exception {
        return who.server.messages().messages(Messages.Query.ALL).stream()
                .anyMatch(notice -> notice.notice()
                        && notice.direct()
                        && notice.channel().equals(other.name)
                        && (notice.text().orElse("").contains("may not know your present keys")
                                || rotated && notice.text().orElse("").contains("more than a day after")));
    }

    /** Makes all servers complete their pending work. */
    private void settle() throws Exception {
        for (int i = 0; i < MOST_ROUNDS; i++) {
            buryKilled();
            long before = changes();
            network.deliver();
            for (Person person : people) {
                if (person.running && !"delivery".equals(person.without)) {
                    person.server.round();
                }
                if (person.running && !"receive".equals(person.without)) {
                    person.server.read();
                }
            }
            if (changes() == before && people.stream().noneMatch(person -> person.killed)) {
                break;
            }
        }
        for (Person person : people) {
            if (person.isThere() && !person.killed) {
                attempt(person, () -> look(person));
            }
        }
        buryKilled();
    }

    private long changes() {
        return people.stream().mapToLong(person -> person.server.store.writes()).sum()
                + network.handed().size();
    }

    /** Records what a person sees, and the state of their messages. */
    private void look(Person person) throws Exception {
        for (Message message : person.server.messages().messages(Messages.Query.ALL)) {
            if (!message.outgoing() && !message.notice()) {
                String text = message.text().isPresent()
                        ? message.text().get()
                        : person.server.messages().read(message.id()).text().orElseThrow();
                if (person.shown
                        .computeIfAbsent(text, none -> new LinkedHashSet<>())
                        .add(message.id())) {
                    course.add("    " + person.name + " is shown " + text);
                }
            }
        }
        Map<Long, Messages.Outgoing> outbox = new HashMap<>();
        for (Messages.Outgoing outgoing : person.server.messages().outbox(true)) {
            outbox.put(outgoing.id(), outgoing);
            person.fees.put(outgoing.id(), outgoing.fee());
        }
        readLedger(person, person.server.store, outbox.keySet());
        for (Said message : said) {
            if (message.by == person && message.life == person.life && !message.uncertain) {
                Messages.Outgoing outgoing = outbox.get(message.id);
                if (outgoing != null) {
                    if (outgoing.state() != message.state) {
                        course.add("    " + message + " is " + outgoing.state());
                    }
                    message.state = outgoing.state();
                    message.reason = outgoing.reason();
                    if (outgoing.reason().contains("went wrong")) {
                        failures.add("went wrong: " + message);
                    }
                }
                locate(person, message);
            }
        }
    }

    /**
     * Subtracts amounts that were not paid in the end for messages that are no longer listed.
     *
     * @param listed messages
     */
    private static void readLedger(Person person, MachineStore store, Set<Long> listed) throws Exception {
        store.<Void, StoreException>transact(tx -> {
            for (StoredRecord record : tx.list(SpentRecord.TABLE)) {
                SpentRecord now = Cbor.read(record.value(), SpentRecord.class);
                SpentRecord before = person.ledger.put(HexFormat.of().formatHex(record.key()), now);
                if (before != null && before.unpaid() != now.unpaid() && !listed.contains(now.message())) {
                    person.fees.computeIfPresent(
                            now.message(), (id, fee) -> fee + (now.unpaid() ? -now.fee() : now.fee()));
                }
            }
            return null;
        });
    }

    private void locate(Person person, Said message) throws Exception {
        Optional<MessageRecord> record = person.server.store.transact(
                tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(message.id), MessageRecord.class));
        message.doubtful |= record.isPresent() && record.get().doubt() != 0;
        message.delivered |= record.isPresent() && record.get().annotations().delivered() != 0;
        message.read |= record.isPresent() && record.get().annotations().read() != 0;
        if (record.isPresent() && !record.get().session().isEmpty()) {
            message.session = record.get().session();
            message.sequence = record.get().sequence();
            chainsOpened.putIfAbsent(message.session, step);
        }
    }

    /** Everybody returns, and everything is completed. */
    void end() throws Exception {
        step++;
        course.add("everybody returns");
        for (Person person : people) {
            person.server.store.afterChange = () -> {};
        }
        buryKilled();
        for (Person person : people) {
            swapIn(person);
            start(person);
            unlock(person);
            findNode(person);
            // Nothing waits for a decision about its price.
            for (Fees.Cap cap : Fees.Cap.values()) {
                person.server.fees().limit(cap, MOST);
            }
        }
        int left = underWay();
        int least = left;
        // If nothing happens at the interval of versions, something is waiting for longer.
        for (int i = 0, still = 0; still < 40 && (i < 3 || left > 0); i++) {
            pass(still < 15 ? SPACING : Duration.ofHours(2));
            if (i % 3 == 2) {
                network.mine();
                settle();
            }
            left = underWay();
            still = left < least ? 0 : still + 1;
            least = Math.min(least, left);
        }
        network.mine();
        settle();
        pass(Duration.ofHours(25));
        network.mine();
        for (int i = 0; i < 2; i++) {
            people.forEach(person -> person.server.keep());
            settle();
        }
        // This may have begun an exchange of keys.
        for (int i = 0; i < 5 && underWay() > 0; i++) {
            network.mine();
            settle();
        }
    }

    /** Returns how many messages are not settled yet. */
    private int underWay() throws PartylineException {
        int count = 0;
        for (Person person : people) {
            count += person.server.messages().outbox(false).size();
        }
        return count;
    }

    /** Returns the violations; empty if there are none. */
    List<String> failures() throws Exception {
        for (Person reader : people) {
            Map<String, Integer> gaps = gaps(reader);
            for (Said message : said) {
                if (reader != message.by && (!message.direct || message.place.equals(reader.name))) {
                    check(message, reader, gaps);
                }
            }
        }
        for (Said message : said) {
            if (!message.uncertain && message.life == message.by.life && !message.state.isSettled()) {
                if (message.style != Style.SHORT_LIVED
                        && !(message.direct ? isApart(message.by, named(message.place)) : left(message))) {
                    failures.add("never settled: " + message);
                }
            }
        }
        for (Person reader : people) {
            for (Person sender : people) {
                if (reader != sender) {
                    checkOrder(sender, reader);
                }
            }
        }
        for (Person person : people) {
            checkCoins(person);
        }
        people.forEach(person -> secrets.addAll(person.server.secrets));
        // A server that ends may have sealed packets without storing them.
        Set<String> left = packetsThatLeft();
        ended.forEach(its -> secrets.addThoseThatLeft(its, left));
        try {
            if (!said.isEmpty()) {
                secrets.assertEachHasOnePacket();
            }
        } catch (AssertionError e) {
            failures.add("secrets: " + e.getMessage());
        }
        return failures;
    }

    private Person named(String name) {
        return people.get(NAMES.indexOf(name));
    }

    /** Returns whether its sender left the channel afterwards: pending messages were deleted with it. */
    private boolean left(Said message) {
        Integer since = message.by.since.get(message.place);
        return since == null || message.session.isEmpty() || since > chainsOpened.get(message.session);
    }

    /** Returns how many messages of each sender a reader sees as missing, in each conversation. */
    private Map<String, Integer> gaps(Person reader) throws Exception {
        Map<String, Integer> all = new HashMap<>();
        for (Message message : reader.server.messages().messages(Messages.Query.ALL)) {
            if (message.gap().isPresent()) {
                String place = message.direct() ? "@" : message.channel();
                all.merge(message.sender() + " in " + place, message.gap().get().most(), Integer::sum);
            }
        }
        return all;
    }

    /** Returns whether a later notice in the conversation gives this reason for lost messages. */
    private static boolean hasNotice(Said message, Person reader, String reason) throws Exception {
        String place = message.direct ? message.by.name : message.place;
        return reader.server.messages().messages(Messages.Query.ALL).stream()
                .anyMatch(notice -> notice.notice()
                        && notice.direct() == message.direct
                        && notice.channel().equals(place)
                        && notice.text().orElse("").contains(reason)
                        && notice.arrived().getEpochSecond() > message.since);
    }

    private void check(Said message, Person reader, Map<String, Integer> gaps) throws Exception {
        int times = reader.shown.getOrDefault(message.text, Set.of()).size();
        if (times > (message.repeated ? 2 : 1)) {
            failures.add("twice: " + message + " at " + reader.name);
        }
        if (message.delivered && times == 0 && !reader.read.contains(message.text)) {
            failures.add("receipt: " + message + " never arrived at " + reader.name);
        }
        if (times > 0
                || reader.read.contains(message.text)
                || message.uncertain
                || message.doubtful
                || message.state != State.CONFIRMED
                || message.direct && isApart(message.by, reader)) {
            return;
        }
        if (message.style == Style.SHORT_LIVED && wasAbsent(reader, message.since)
                || reader.lackedSuite && hasNotice(message, reader, "a cipher suite or key derivation is not running")
                || wasAbsent(reader, message.since) && hasNotice(message, reader, "more than a day after")) {
            return;
        }
        Integer opened = chainsOpened.get(message.session);
        if (message.direct) {
            if (reader.life > 0 && (opened == null || opened <= reader.begun)) {
                failures.add("restored: " + message + " is lost at " + reader.name);
                return;
            }
        } else {
            Integer since = reader.since.get(message.place);
            if (since == null || opened == null || opened <= since && since > 0) {
                // It joined later than this chain began.
                return;
            }
        }
        String gap = message.by.name + " in " + (message.direct ? "@" : message.place);
        int known = gaps.getOrDefault(gap, 0);
        if (known > 0) {
            gaps.put(gap, known - 1);
            return;
        }
        failures.add("lost: " + message + " at " + reader.name);
    }

    /** Checks that the server's costs of messages, and its other expenses, agree with the blocks. */
    private void checkCoins(Person person) throws Exception {
        long mined = network.paid(person.seats);
        long said = person.fees.values().stream().mapToLong(Long::longValue).sum()
                + person.ledger.values().stream()
                        .filter(spent -> spent.message() == SpentRecord.OUTSIDE && !spent.unpaid())
                        .mapToLong(SpentRecord::fee)
                        .sum();
        long counted = person.ledger.values().stream()
                .filter(spent -> !spent.unpaid())
                .mapToLong(SpentRecord::fee)
                .sum();
        if (person.life == 0 && (mined > counted || mined < counted && !forgetful)) {
            failures.add("ledger: " + person.name + " paid " + mined + " sat, and its ledger has " + counted);
        }
        // Transactions that nodes dropped after they were no longer watched were counted, and their coins are available
        // again.
        if (person.life == 0 && (mined > said || mined < said && !forgetful)) {
            failures.add("coins: " + person.name + " paid " + mined + " sat, and its server says " + said + ": "
                    + person.fees + " by message, and listed are "
                    + person.server.messages().outbox(true).stream()
                            .map(out -> out.id() + " " + out.kind() + " " + out.state() + " " + out.fee())
                            .toList());
        }
    }

    private static boolean wasAbsent(Person reader, long since) {
        return reader.absences.stream().anyMatch(absence -> absence[1] >= since && absence[0] <= since + 600);
    }

    private void checkOrder(Person sender, Person reader) throws Exception {
        Map<String, List<String>> own = texts(sender, true, null);
        Map<String, List<String>> read = texts(reader, false, sender.name);
        read.forEach((place, texts) -> {
            String at = place.startsWith("@") ? "@" + reader.name : place;
            List<String> sent = new ArrayList<>(own.getOrDefault(at, List.of()));
            Set<String> both = new HashSet<>(texts);
            both.retainAll(sent);
            said.stream().filter(message -> message.repeated).forEach(message -> both.remove(message.text));
            List<String> shown = texts.stream().filter(both::contains).toList();
            sent.retainAll(both);
            if (!shown.equals(sent)) {
                failures.add("order: " + sender.name + " sent " + sent + " in " + at + ", " + reader.name + " is shown "
                        + shown);
            }
        });
    }

    /**
     * Returns the texts of each conversation in the order in which they are listed. @param from nickname; null for the
     * person's own
     */
    private static Map<String, List<String>> texts(Person person, boolean own, String from) throws Exception {
        Map<String, List<String>> all = new TreeMap<>();
        for (Message message : person.server.messages().messages(Messages.Query.ALL)) {
            if (!message.notice()
                    && message.outgoing() == own
                    && (own || message.sender().equals(from))) {
                all.computeIfAbsent(
                                message.direct() ? "@" + message.channel() : message.channel(),
                                none -> new ArrayList<>())
                        .add(message.text().orElse(""));
            }
        }
        return all;
    }

    @Override
    public void close() {
        for (Person person : people) {
            if (person.running) {
                person.server.store.afterChange = () -> {};
                person.server.close();
                person.seat.close();
            }
        }
    }

    // ---- conversations generated from a seed

    /** Returns the actions of a conversation, of these kinds. */
    static List<Action> actions(Random random, Collection<Kind> kinds) {
        List<Action> all = new ArrayList<>();
        int length = 8 + random.nextInt(25);
        while (all.size() < length) {
            Action next = action(random);
            if (kinds.contains(next.kind())) {
                all.add(next);
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Action next = upheaval(random);
            if (kinds.contains(next.kind())) {
                all.add(random.nextInt(all.size()), next);
            }
        }
        if (random.nextBoolean()) {
            int who = random.nextInt(NAMES.size());
            int way = random.nextInt(4);
            Action away = way < 2
                    ? Action.of(Kind.STOP, who)
                    : way == 2
                            ? Action.of(Kind.LOCK, who)
                            : Action.of(Kind.SWAP_OUT, who, random.nextInt(PARTS.size()));
            Action back = Action.of(way < 2 ? Kind.START : way == 2 ? Kind.UNLOCK : Kind.SWAP_IN, who);
            insert(all, absence(random, away, back), random, kinds);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            insert(all, List.of(trouble(random)), random, kinds);
        }
        if (random.nextInt(3) == 0) {
            int who = random.nextInt(NAMES.size());
            Action away = Action.of(Kind.LOSE_NODE, who);
            insert(all, absence(random, away, Action.of(Kind.FIND_NODE, who)), random, kinds);
        }
        return all;
    }

    private static void insert(List<Action> all, List<Action> more, Random random, Collection<Kind> kinds) {
        List<Action> allowed = new ArrayList<>(more);
        allowed.removeIf(next -> !kinds.contains(next.kind()));
        all.addAll(random.nextInt(all.size()), allowed);
    }

    /** Returns two to eight days of the others' conversation, during which a server is absent in some way. */
    private static List<Action> absence(Random random, Action away, Action back) {
        int who = away.who();
        List<Action> all = new ArrayList<>();
        all.add(away);
        for (int days = 2 + random.nextInt(7); days > 0; days--) {
            for (int i = random.nextInt(3); i > 0; i--) {
                all.add(action(random));
            }
            if (random.nextInt(3) > 0) {
                all.add(Action.of(Kind.MINE, who));
            }
            all.add(Action.of(Kind.WAIT_A_DAY, who));
        }
        all.add(back);
        return all;
    }

    private static Action action(Random random) {
        int who = random.nextInt(NAMES.size());
        int dice = random.nextInt(100);
        if (dice < 40) {
            int style = random.nextInt(10);
            int count = random.nextInt(40) == 0 && style < 7 ? 70 : 1 + random.nextInt(3);
            return Action.of(
                    random.nextBoolean() ? Kind.SAY : Kind.ROLL,
                    who,
                    random.nextInt(CHANNELS.size() + NAMES.size() - 1),
                    style < 7 ? 0 : style - 6,
                    count);
        }
        if (dice < 52) {
            int[] waits = {0, 0, 0, 1, 1, 1, 2, 2, 3};
            return random.nextInt(10) == 0
                    ? Action.of(Kind.WAIT_A_DAY, who)
                    : Action.of(Kind.WAIT, who, waits[random.nextInt(waits.length)]);
        }
        if (dice < 62) {
            return Action.of(random.nextInt(4) == 0 ? Kind.MINE_OLDER : Kind.MINE, who, random.nextInt(20));
        }
        if (dice < 74) {
            return Action.of(random.nextInt(2) == 0 ? Kind.STOP : Kind.START, who);
        }
        if (dice < 79) {
            return Action.of(Kind.CRASH, who, random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(20), random.nextInt(2));
        }
        if (dice < 84) {
            return Action.of(random.nextInt(2) == 0 ? Kind.LOCK : Kind.UNLOCK, who);
        }
        if (dice < 89) {
            return Action.of(Kind.RECALL, who, random.nextInt(4));
        }
        if (dice < 92) {
            return Action.of(Kind.REORGANISE, who, 1 + random.nextInt(3), random.nextInt(2));
        }
        if (dice < 93) {
            return Action.of(Kind.EVICT, who);
        }
        if (dice < 96) {
            return Action.of(random.nextInt(2) == 0 ? Kind.BACKUP : Kind.RESTORE, who);
        }
        if (dice < 99) {
            return Action.of(random.nextInt(2) == 0 ? Kind.LEAVE : Kind.JOIN, who, random.nextInt(CHANNELS.size()));
        }
        return Action.of(Kind.CLOSE_SESSION, who, random.nextInt(2));
    }

    /** Returns an event that affects a server as a whole. */
    private static Action upheaval(Random random) {
        int who = random.nextInt(NAMES.size());
        return switch (random.nextInt(8)) {
            case 0, 1 -> Action.of(Kind.PUT_BACK, who, random.nextInt(MOST_COPIES), random.nextInt(2));
            case 2, 3 ->
                Action.of(Kind.TAKE_OVER, who, random.nextInt(12), random.nextInt(2), random.nextInt(3) == 0 ? 1 : 0);
            case 4 -> Action.of(Kind.SWAP_IN, who);
            default -> Action.of(Kind.SWAP_OUT, who, random.nextInt(PARTS.size()));
        };
    }

    /** Returns an event that concerns a server's keys, caps or node. */
    private static Action trouble(Random random) {
        int who = random.nextInt(NAMES.size());
        return switch (random.nextInt(6)) {
            case 0, 1 -> Action.of(Kind.ROTATE, who, random.nextInt(3) / 2);
            case 2, 3 -> Action.of(Kind.LIMIT, who, random.nextInt(Fees.Cap.values().length), random.nextInt(2));
            case 4 -> Action.of(Kind.FIND_NODE, who);
            default -> Action.of(Kind.LOSE_NODE, who);
        };
    }

    /** Runs a conversation. @return the violations */
    static List<String> run(Circumstances circumstances, List<Action> actions, long seed) throws Exception {
        return run(circumstances, actions, seed, new ArrayList<>());
    }

    /** Runs a conversation. @param course receives the events */
    static List<String> run(Circumstances circumstances, List<Action> actions, long seed, List<String> course)
            throws Exception {
        try (TalkSimulation talk = new TalkSimulation(new PlainTalkNetwork(), circumstances, seed)) {
            return talk.run(actions, course);
        }
    }

    /** Runs the conversation. @param course receives the events @return the violations */
    List<String> run(List<Action> actions, List<String> course) throws Exception {
        try {
            for (Action action : actions) {
                act(action);
            }
            end();
        } finally {
            course.addAll(this.course);
        }
        return failures();
    }

    /** Returns the number of messages written. */
    int messages() {
        return said.size();
    }

    /**
     * Returns how many messages are in each state, how many copies of them readers saw, and how many they know to be
     * missing.
     */
    String figures() throws Exception {
        Map<State, Integer> states = new TreeMap<>();
        said.forEach(message -> states.merge(message.state, 1, Integer::sum));
        int shown = 0;
        int missing = 0;
        for (Person person : people) {
            shown += person.shown.size();
            missing +=
                    gaps(person).values().stream().mapToInt(Integer::intValue).sum();
        }
        return said.size() + " messages " + states + ", " + shown + " copies shown, up to " + missing + " in gaps";
    }

    /** Returns fewer actions that cause the same violation. */
    static List<Action> shrink(Circumstances circumstances, List<Action> actions, long seed, String wrong)
            throws Exception {
        String way = wrong.substring(0, wrong.indexOf(':') + 1);
        List<Action> least = new ArrayList<>(actions);
        for (int i = least.size() - 1; i >= 0; i--) {
            List<Action> fewer = new ArrayList<>(least);
            fewer.remove(i);
            if (run(circumstances, fewer, seed).stream().anyMatch(failure -> failure.startsWith(way))) {
                least = fewer;
            }
        }
        return List.copyOf(least);
    }
}
