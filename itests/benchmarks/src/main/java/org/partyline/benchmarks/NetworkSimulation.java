package org.partyline.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Simulates 10, 1,000 and 100,000 people who write over one mempool with a fee market (docs/scale.md), and calculates
 * what needs no simulation. It is independent of the project: {@code java NetworkSimulation.java [SEED]}.
 */
public final class NetworkSimulation {
    /** vB of a transaction with one packet of 80 bytes, and of each further output (docs/carriers.md). */
    private static final int PACKET = 202;

    private static final int OUTPUT = 91;
    private static final int BLOCK = 1_000_000;
    private static final int BLOCKS_A_DAY = 144;
    private static final int DAY = 86_400;
    /** Bitcoin Core's default mempool of 300 MB holds about this much. */
    private static final long MEMPOOL = 100_000_000;

    private static final double FLOOR = 0.1;
    /** The setting fee-maximum. */
    private static final double MOST = 50;

    private static final int STEP = 30;
    private static final int MESSAGES = 20;
    /** A conversation: this many messages, one a minute. */
    private static final int CONVERSATION = 10;

    private static final int GAP = 60;
    private static final int RIDES = 3;
    private static final double ABSENT = 0.1;
    private static final int DAYS = 3;
    /** Fee rates, each 5 % above the previous one. */
    private static final int RATES = 200;

    private final Random random;
    private final int people;
    private final boolean rolling;
    private final double load;

    /** A transaction of ours that waits. */
    private static final class Waiting {
        private final int size;
        private final int packets;
        private final int first;
        private int rate;
        private boolean gone;

        private Waiting(int size, int packets, int first, int rate) {
            this.size = size;
            this.packets = packets;
            this.first = first;
            this.rate = rate;
        }
    }

    /** A person's conversation on the rolling carrier. */
    private static final class Conversation {
        private int next;
        private int left = CONVERSATION;
        private Waiting version;

        private Conversation(int next) {
            this.next = next;
        }
    }

    private final double[] others = new double[RATES];
    private final List<ArrayDeque<Waiting>> ours = new ArrayList<>();
    private final long[] waiting = new long[RATES];
    private final double[] margins = new double[6];
    private final List<Integer> delays = new ArrayList<>();
    private long written;
    private long versions;
    private long lost;
    private long paid;
    private long evicted;
    private long space;
    private double rateSum;
    private int blocks;

    private NetworkSimulation(long seed, int people, boolean rolling, double load) {
        random = new Random(seed);
        this.people = people;
        this.rolling = rolling;
        this.load = load;
        for (int i = 0; i < RATES; i++) {
            ours.add(new ArrayDeque<>());
        }
    }

    /** @param arguments the seed; 1 if there is none */
    public static void main(String[] arguments) {
        long seed = arguments.length == 0 ? 1 : Long.parseLong(arguments[0]);
        paper();
        System.out.printf("%n%d days, %d messages a person and day, seed %d%n%n", DAYS, MESSAGES, seed);
        System.out.println(
                "| people | others' demand | carrier | share of block space | rate, sat/vB | paid a person and day |"
                        + " median and 95 % delay of a transaction to its block | versions a second | not in a block within three days | missed by absent readers |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int people : new int[] {10, 1_000, 100_000}) {
            for (double load : new double[] {0.6, 0.98}) {
                for (boolean rolling : new boolean[] {false, true}) {
                    new NetworkSimulation(seed, people, rolling, load).run();
                }
            }
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }

    private static void paper() {
        System.out.println(
                "| share of block space | packets a block, alone | a second | three in a transaction | people at 20 a day, alone |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (double share : new double[] {0.01, 0.1, 1}) {
            double alone = share * BLOCK / PACKET;
            double shared = share * BLOCK / (PACKET + 2 * OUTPUT) * 3;
            print(
                    "| %.0f %% | %.0f | %.2f | %.0f | %.0f |%n",
                    share * 100, alone, alone / 600, shared, alone * BLOCKS_A_DAY / MESSAGES);
        }
        System.out.println();
        System.out.println("| sat/vB | a person and day, 20 packets by confirm | by rolling, two conversations |");
        System.out.println("| --- | --- | --- |");
        for (double rate : new double[] {0.1, 1, 10, 100}) {
            double more = (CONVERSATION - 1) * FLOOR;
            double rolling = 2 * (PACKET + 2 * OUTPUT) * (rate + more);
            print(
                    "| %s | %.0f sat | %.0f sat |%n",
                    rate < 1 ? "0.1" : String.format("%.0f", rate), MESSAGES * PACKET * rate, rolling);
        }
        System.out.println();
        double most = (double) BLOCK / OUTPUT;
        print(
                "packets a block if every output were one of ours: %.0f; read at 0.40 ms: %.1f s a block%n",
                most, most * 0.0004);
        double year = most * BLOCKS_A_DAY * 365.25;
        double locators = 100_000;
        print(
                "false matches of 8-byte locators, %.0f expected, %.2g packets a year: %.1g a year%n",
                locators, year, year * locators / Math.pow(2, 64));
        print(
                "a conversation that rolls every 30 s: %.0f bytes a second at each node, for each connection that announces it; 1,000 conversations: %.1f kB/s%n",
                (PACKET + 2 * OUTPUT + 81 + 37.0) / 30, 1000 * (PACKET + 2 * OUTPUT + 81 + 37.0) / 30 / 1000);
        for (int people : new int[] {10, 1_000, 100_000}) {
            print(
                    "packets of other personas in the same block, %d people at 20 a day: %.1f%n",
                    people, (people - 1) * 20.0 / BLOCKS_A_DAY);
        }
    }

    private static double rate(int index) {
        return FLOOR * Math.pow(1.05, index);
    }

    private static int index(double rate) {
        return (int) Math.max(0, Math.min(RATES - 1, Math.ceil(Math.log(rate / FLOOR) / Math.log(1.05))));
    }

    private void run() {
        PriorityQueue<Conversation> conversations = new PriorityQueue<>((a, b) -> Integer.compare(a.next, b.next));
        if (rolling) {
            for (int i = 0; i < people; i++) {
                conversations.add(new Conversation(random.nextInt(DAY * CONVERSATION / MESSAGES)));
            }
        }
        double due = 0;
        double nextBlock = exponential(600);
        for (int now = 0; now < DAYS * DAY; now += STEP) {
            others(now);
            if (rolling) {
                while (conversations.peek().next <= now) {
                    Conversation one = conversations.poll();
                    say(one, now);
                    conversations.add(one);
                }
            } else {
                for (; due <= now; due += exponential((double) DAY / (people * MESSAGES))) {
                    written++;
                    board(new Waiting(PACKET, 1, now, index(estimate())));
                }
            }
            while (nextBlock <= now) {
                block(now);
                nextBlock += exponential(600);
            }
            evict();
        }
        report();
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    /** Demand of others: a daily wave, log-normal fee rates around a median of 0.5 sat/vB. */
    private void others(int now) {
        double wave = 1 + 0.3 * Math.sin(2 * Math.PI * now / DAY);
        double amount = load * wave * BLOCK / 600 * STEP;
        int parts = 40;
        for (int i = 0; i < parts; i++) {
            others[index(Math.max(FLOOR, 0.5 * Math.exp(1.2 * random.nextGaussian())))] += amount / parts;
        }
    }

    /** Returns the rate that would have been included in half of the last six blocks, up to fee-maximum. */
    private double estimate() {
        double[] sorted = margins.clone();
        Arrays.sort(sorted);
        return Math.min(MOST, Math.max(FLOOR, sorted[3] * 1.05));
    }

    private void board(Waiting one) {
        ours.get(one.rate).add(one);
        waiting[one.rate] += one.size;
        versions++;
    }

    private void leave(Waiting one) {
        one.gone = true;
        waiting[one.rate] -= one.size;
    }

    private void say(Conversation one, int now) {
        written++;
        Waiting before = one.version;
        boolean standing = before != null && !before.gone;
        int packets = standing ? Math.min(RIDES, before.packets + 1) : 1;
        int size = PACKET + (packets - 1) * OUTPUT;
        int rate = index(estimate());
        if (standing) {
            // BIP 125: a higher total fee, by the increment for its own size.
            double least = (rate(before.rate) * before.size + FLOOR * size) / size;
            rate = Math.max(before.rate, index(least));
            leave(before);
            if (before.packets == RIDES) {
                lost += random.nextDouble() < ABSENT ? 1 : 0;
            }
        }
        one.version = new Waiting(size, packets, now, rate);
        board(one.version);
        one.left--;
        if (one.left == 0) {
            one.left = CONVERSATION;
            one.next = now + DAY * CONVERSATION / MESSAGES - CONVERSATION * GAP + random.nextInt(3600) - 1800;
        } else {
            one.next = now + Math.max(STEP, (int) exponential(GAP));
        }
    }

    private void block(int now) {
        double room = BLOCK;
        double margin = 0;
        for (int i = RATES - 1; i >= 0 && room > 0; i--) {
            double all = others[i] + waiting[i];
            double share = all == 0 ? 0 : Math.min(1, room / all);
            if (all > room) {
                margin = rate(i);
            }
            room -= all * share;
            others[i] *= 1 - share;
            long take = Math.round(waiting[i] * share);
            ArrayDeque<Waiting> queue = ours.get(i);
            while (take > 0 && !queue.isEmpty()) {
                Waiting one = queue.poll();
                if (one.gone) {
                    continue;
                }
                take -= one.size;
                leave(one);
                paid += Math.round(one.size * rate(i));
                space += one.size;
                delays.add(now - one.first);
            }
        }
        margins[blocks % margins.length] = margin;
        rateSum += estimate();
        blocks++;
    }

    /** A full mempool drops the cheapest ones; ours bid again. */
    private void evict() {
        double all = 0;
        int i = RATES;
        while (i > 0 && all <= MEMPOOL) {
            i--;
            all += others[i] + waiting[i];
        }
        for (int low = i - 1; low >= 0; low--) {
            others[low] = 0;
            for (Waiting one : ours.get(low)) {
                if (!one.gone) {
                    leave(one);
                    evicted += one.packets;
                }
            }
            ours.get(low).clear();
        }
    }

    private void report() {
        int[] sorted = delays.stream().mapToInt(Integer::intValue).sorted().toArray();
        long unmined = 0;
        for (ArrayDeque<Waiting> queue : ours) {
            for (Waiting one : queue) {
                // Messages of the last hours had no time to be mined.
                unmined += one.gone || one.first > DAYS * DAY - 6 * 3600 ? 0 : one.packets;
            }
        }
        double used = (double) space / ((double) blocks * BLOCK);
        print(
                "| %,d | %.0f %% | %s | %.2g %% | %.2f | %,.0f sat | %s | %.2g | %.2g %% | %s |%n",
                people,
                load * 100,
                rolling ? "rolling" : "confirm",
                used * 100,
                rateSum / blocks,
                (double) paid / people / DAYS,
                sorted.length == 0
                        ? "none"
                        : minutes(sorted[sorted.length / 2]) + ", " + minutes(sorted[sorted.length * 95 / 100]),
                (double) versions / (DAYS * DAY),
                100.0 * (unmined + evicted) / written,
                rolling ? String.format(Locale.ROOT, "%.1f %%", 100.0 * lost / written) : "none");
    }

    private static String minutes(int seconds) {
        return seconds < 5_400 ? Math.round(seconds / 60.0) + " min" : Math.round(seconds / 3600.0) + " h";
    }
}
