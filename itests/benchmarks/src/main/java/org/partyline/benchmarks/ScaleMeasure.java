package org.partyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Seat;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.store.Tables;

/**
 * Compares the needs of a full server with those of a nearly empty one: memory, and the times for which its operator
 * waits.
 */
final class ScaleMeasure {
    /** As on an operator's machine: the servers of other tests have one compiler only. */
    private static final String ALL_COMPILERS = "-XX:TieredStopAtLevel=4";

    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int PORTION = 1000;
    private static final String BASELINE = "1 channel of 40 messages, 1 persona, nothing waiting";
    private static final String CTRL_HOME = "\u001b[1;5H";

    private ScaleMeasure() {}

    /**
     * The content of a server.
     *
     * @param longest number of messages in the last channel; the others share {@code messages}
     */
    private record Size(int channels, int personas, int messages, int longest, int waiting) {}

    /** Its needs. Times in nanoseconds, memory in bytes. */
    private record Need(
            double start,
            double unlock,
            double messages,
            double chat,
            double first,
            double channels,
            double mempool,
            double locked,
            double open) {}

    static List<Figure> run(Effort effort, Path distribution) throws Exception {
        boolean full = effort == Effort.FULL;
        Need small = measure(distribution, new Size(1, 1, 0, 40, 0));
        Need large = measure(
                distribution, full ? new Size(1000, 200, 90_000, 10_000, 300_000) : new Size(10, 2, 100, 60, 1000));
        String what = full ? "1,000 channels, 200 personas, 100,000 messages" : "10 channels, 2 personas, 160 messages";
        String waiting = full ? "300,000 waiting transactions" : "1,000 waiting transactions";
        String longest = full ? "10,000 messages" : "60 messages";
        return List.of(
                figure(what + ": start", Cost.seconds(large.start), Cost.seconds(small.start)),
                figure("unlock, key derivation included", Cost.seconds(large.unlock), Cost.seconds(small.unlock)),
                figure("messages of one channel", Cost.milliseconds(large.messages), Cost.milliseconds(small.messages)),
                figure(
                        "chat of the longest channel (" + longest + ") until its end is on the screen",
                        Cost.milliseconds(large.chat),
                        Cost.milliseconds(small.chat)),
                figure(
                        "Ctrl-Home in it, until its first message is on the screen",
                        Cost.milliseconds(large.first),
                        Cost.milliseconds(small.first)),
                figure("channel-list", Cost.milliseconds(large.channels), Cost.milliseconds(small.channels)),
                figure("resident memory, locked", Cost.mebibytes(large.locked), Cost.mebibytes(small.locked)),
                figure(
                        waiting + ": from node-add until the node is ready and all are read",
                        Cost.seconds(large.mempool),
                        Cost.seconds(small.mempool)),
                figure("resident memory, open, with these", Cost.mebibytes(large.open), Cost.mebibytes(small.open)));
    }

    private static Figure figure(String what, Cost ours, Cost theirs) {
        return Figure.of(what, ours, BASELINE, theirs, Figure.Direction.OF_THE_BASELINE, Goal.NONE);
    }

    private static Need measure(Path distribution, Size size) throws Exception {
        try (RegtestNode real = RegtestNode.start(false);
                MempoolNode node = new MempoolNode(real.url(), size.waiting());
                PartylineServer server = PartylineServer.create("scale").javaOptions(ALL_COMPILERS)) {
            fill(distribution, server.home(), size);
            double start = time(server::start);
            double locked = resident(server);
            Operator operator = new Operator(server);
            double unlock = time(operator::unlock);
            double messages = time(() -> server.json("messages", "--channel", channel(size.channels() / 2)));
            double chat;
            double first;
            try (Seat seat = Seat.local(server.home(), "xterm-256color", 80, 24)) {
                int last = size.channels() - 1;
                String whose = size.personas() == 1 ? "" : "--persona " + persona(last % size.personas()) + " ";
                String chatting = "chat " + whose + channel(last) + "\r";
                chat = time(() -> press(seat, chatting).sees(line(size.longest())));
                first = time(() -> press(seat, CTRL_HOME).sees(line(1)));
            }
            double channels = time(() -> server.run("partyline:channel-list"));
            double mempool = time(() -> {
                operator.addNode(real.cookieFile(), node.url(), "");
                Poll.until(
                        "the mempool is read",
                        LIMIT,
                        () -> operator.nodeStatus().get("transactions_received").asInt() >= size.waiting());
            });
            Need need = new Need(start, unlock, messages, chat, first, channels, mempool, locked, resident(server));
            // The larger one takes a while: print the results so far.
            System.err.println(size + ": " + need);
            return need;
        }
    }

    private static Seat press(Seat seat, String keys) {
        try {
            return seat.type(keys);
        } catch (IOException e) {
            throw new UncheckedIOException("the console is gone", e);
        }
    }

    private static String line(int number) {
        return "Line " + number + " of the longest talk";
    }

    /** All but the first, which a new store has. */
    private static String persona(int number) {
        return "persona-" + number;
    }

    private static String channel(int number) {
        return "channel-" + number;
    }

    private static void fill(Path distribution, Path home, Size size) throws PartylineException {
        try (Framework framework = Framework.start(distribution, home)) {
            framework.service(Vault.class).create(Operator.STORE_PASSPHRASE.toCharArray());
            Personas personas = framework.service(Personas.class);
            List<String> names = new ArrayList<>(List.of(personas.current().name()));
            for (int i = 1; i < size.personas(); i++) {
                names.add(personas.create(persona(i)).name());
            }
            Channels channels = framework.service(Channels.class);
            for (int i = 0; i < size.channels(); i++) {
                channels.create(
                        new Channels.Create(
                                Optional.of(names.get(i % names.size())),
                                channel(i),
                                Channels.Mode.RATCHET,
                                new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1),
                                Optional.of(Network.REGTEST)),
                        "a passphrase for all of them".toCharArray());
            }
            store(framework.service(Store.class), size);
        }
    }

    /**
     * Stores messages as the inbox does: texts of 80 characters, one a minute, and one a second in the longest
     * conversation.
     */
    private static void store(Store store, Size size) throws PartylineException {
        Instant now = Instant.now();
        int others = Math.max(1, size.channels() - 1);
        put(
                store,
                size.messages(),
                i -> message(
                        1 + i % others,
                        i,
                        now.getEpochSecond() - 60L * (size.messages() - i) % 86_400,
                        "This is message " + i + ", which is as long as many others are that people send."));
        put(
                store,
                size.longest(),
                i -> message(size.channels(), i, now.getEpochSecond() - size.longest() + i, line(i + 1)));
    }

    /** Creates the record of a message from its number, starting at 0. */
    private interface Maker {
        Supplied of(int number);
    }

    /** A message that has no number in the store yet. */
    private interface Supplied {
        MessageRecord as(long id);
    }

    private static void put(Store store, int howMany, Maker maker) throws PartylineException {
        for (int from = 0; from < howMany; from += PORTION) {
            int first = from;
            store.transact(tx -> {
                for (int i = first; i < Math.min(first + PORTION, howMany); i++) {
                    MessageRecords.add(tx, maker.of(i).as(Tables.next(tx, "message")));
                }
                return null;
            });
        }
    }

    private static Supplied message(int membership, int position, long sent, String text) {
        return id -> new MessageRecord(
                id,
                membership,
                false,
                "somebody",
                false,
                false,
                text,
                1,
                sent,
                position,
                sent,
                sent * 1000,
                Instant.ofEpochSecond(sent).plus(Duration.ofDays(40)).toEpochMilli(),
                -1,
                true,
                List.of(),
                List.of(ByteBuffer.allocate(32)
                        .putInt(membership)
                        .putInt(position)
                        .array()),
                List.of("{}"),
                false,
                -1,
                "0011223344556677",
                "8899aabbccddeeff",
                Annotations.NONE,
                null,
                0);
    }

    private static double time(Runnable what) {
        long begin = System.nanoTime();
        what.run();
        return System.nanoTime() - begin;
    }

    private static double resident(PartylineServer server) {
        try {
            Process ps = new ProcessBuilder(
                            "ps",
                            "-o",
                            "rss=",
                            "-p",
                            Long.toString(server.process().pid()))
                    .start();
            String kibibytes = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return Double.parseDouble(kibibytes) * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException("there is no ps", e);
        }
    }
}
