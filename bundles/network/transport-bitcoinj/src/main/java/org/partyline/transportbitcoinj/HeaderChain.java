package org.partyline.transportbitcoinj;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.Header;

/**
 * The chain of headers with the most work since an anchor. Every header must prove its work for the target that the
 * rules require, so a peer cannot fake a chain. 40 bytes a block. Not thread-safe.
 */
final class HeaderChain {
    /** The outcome of adding headers. */
    enum Outcome {
        /** At least one is new. */
        EXTENDED,
        /** All were known. */
        KNOWN,
        /** The parent of the first one is unknown: earlier ones are needed first. */
        UNCONNECTED,
        /** They break a rule: their sender is dishonest. */
        INVALID
    }

    /**
     * The outcome of adding headers, with the broken rule.
     *
     * @param outcome the outcome
     * @param problem the broken rule; empty
     */
    record Result(Outcome outcome, String problem) {}

    /** The number of blocks between two changes of the target. */
    static final int PERIOD = 2016;

    private static final long PERIOD_SECONDS = 14L * 24 * 60 * 60;
    private static final int MEDIAN_OF = 11;
    private static final long MOST_AHEAD_SECONDS = 2L * 60 * 60;
    private static final int MOST_SIDE_HEADERS = 5000;
    /** The maximum depth of a fork: nobody has rewritten that much. */
    private static final int DEEPEST_FORK = 2 * PERIOD;

    /** A header outside the main chain. */
    private record Side(Header header, int height, BigInteger work) {}

    private final ChainParameters parameters;
    private final Map<TxId, Side> sides = new LinkedHashMap<>();
    private int base;
    private int size;
    private byte[] hashes = new byte[1024 * TxId.LENGTH];
    private int[] times = new int[1024];
    private int[] targets = new int[1024];
    private int[] index = new int[4096];
    private BigInteger work;

    HeaderChain(ChainParameters parameters, ChainParameters.Anchor anchor) {
        this.parameters = parameters;
        this.base = anchor.height();
        this.work = anchor.work().subtract(Header.work(anchor.header().bits()));
        append(anchor.header());
    }

    /** The height of the oldest stored header. */
    int base() {
        return base;
    }

    /** The last block of the chain with the most work. */
    BlockRef tip() {
        return at(base + size - 1).orElseThrow();
    }

    /** The work of the whole chain. */
    BigInteger work() {
        return work;
    }

    /** The main chain's block at a height; empty below the anchor and above the tip. */
    Optional<BlockRef> at(int height) {
        int i = height - base;
        if (i < 0 || i >= size) {
            return Optional.empty();
        }
        return Optional.of(new BlockRef(height, hash(i), Instant.ofEpochSecond(time(i))));
    }

    /** The height of a block in the main chain; empty if it is not in it. */
    OptionalInt height(TxId hash) {
        int i = index[find(hash)] - 1;
        return i < 0 ? OptionalInt.empty() : OptionalInt.of(base + i);
    }

    /** The parent of a block outside the main chain. */
    Optional<BlockRef> parentOfSide(TxId hash) {
        Side side = sides.get(hash);
        if (side == null) {
            return Optional.empty();
        }
        TxId parent = side.header().previous();
        Side other = sides.get(parent);
        if (other != null) {
            return Optional.of(new BlockRef(
                    other.height(), parent, Instant.ofEpochSecond(other.header().time())));
        }
        OptionalInt height = height(parent);
        return height.isPresent() ? at(height.getAsInt()) : Optional.empty();
    }

    /** Hashes from which a peer finds where its chain leaves ours: the newest, then in growing steps. */
    List<TxId> locator() {
        List<TxId> locator = new ArrayList<>();
        int step = 1;
        for (int i = size - 1; i > 0; i -= step) {
            locator.add(hash(i));
            if (locator.size() >= 10) {
                step *= 2;
            }
        }
        locator.add(hash(0));
        return locator;
    }

    /**
     * Adds consecutive headers.
     *
     * @param now headers too far ahead of it are rejected
     */
    Result accept(List<Header> headers, Instant now) {
        boolean extended = false;
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            if (i > 0 && !header.previous().equals(headers.get(i - 1).hash())) {
                return new Result(Outcome.INVALID, "headers do not connect to each other");
            }
            if (height(header.hash()).isPresent() || sides.containsKey(header.hash())) {
                continue;
            }
            if (sides.size() >= MOST_SIDE_HEADERS) {
                // More than the deepest fork: someone is filling the memory. A real fork is sent again, from its
                // beginning.
                sides.clear();
            }
            OptionalInt parentHeight = heightOfAny(header.previous());
            if (parentHeight.isEmpty()) {
                return new Result(Outcome.UNCONNECTED, "");
            }
            String problem = check(header, parentHeight.getAsInt() + 1, now);
            if (!problem.isEmpty()) {
                return new Result(Outcome.INVALID, problem);
            }
            add(header, parentHeight.getAsInt() + 1);
            extended = true;
        }
        return new Result(extended ? Outcome.EXTENDED : Outcome.KNOWN, "");
    }

    private OptionalInt heightOfAny(TxId hash) {
        Side side = sides.get(hash);
        return side != null ? OptionalInt.of(side.height()) : height(hash);
    }

    private String check(Header header, int height, Instant now) {
        if (Header.target(header.bits()).compareTo(parameters.easiest()) > 0 || !header.proven()) {
            return "a header has no proof of work";
        }
        if (parameters.pinned().isPresent()
                && height == parameters.pinned().get().height()
                && !header.hash().equals(parameters.pinned().get().hash())) {
            return parameters.pinned().get().otherChain();
        }
        if (base + size - height > DEEPEST_FORK) {
            return "a fork begins " + (base + size - height) + " blocks back";
        }
        List<Header> before = ancestors(header.previous(), height);
        Optional<Long> expected = expectedBits(height, before);
        if (expected.isPresent() && expected.get() != header.bits()) {
            return "a header has a wrong target";
        }
        long[] recent = before.stream()
                .limit(MEDIAN_OF)
                .mapToLong(Header::time)
                .sorted()
                .toArray();
        if (recent.length == MEDIAN_OF && header.time() <= recent[MEDIAN_OF / 2]) {
            return "a header is older than those before it";
        }
        if (header.time() > now.getEpochSecond() + MOST_AHEAD_SECONDS) {
            return "a header is from the future";
        }
        return "";
    }

    /** The headers before a new one, the nearest first: as many as the rules need and are stored. */
    private List<Header> ancestors(TxId parent, int height) {
        int wanted = height % PERIOD == 0 && parameters.difficulty() != ChainParameters.Difficulty.CONSTANT
                ? PERIOD
                : MEDIAN_OF;
        List<Header> found = new ArrayList<>(wanted);
        TxId hash = parent;
        for (Side side = sides.get(hash); side != null && found.size() < wanted; side = sides.get(hash)) {
            found.add(side.header());
            hash = side.header().previous();
        }
        OptionalInt main = height(hash);
        if (main.isPresent()) {
            for (int i = main.getAsInt() - base; i >= 0 && found.size() < wanted; i--) {
                found.add(headerAt(i));
            }
        }
        return found;
    }

    private Header headerAt(int i) {
        TxId previous = i > 0 ? hash(i - 1) : TxId.ofBytes(new byte[TxId.LENGTH]);
        return new Header(hash(i), previous, previous, time(i), bits(i));
    }

    /** The target that the rules require; empty if the stored headers are not enough to determine it. */
    private Optional<Long> expectedBits(int height, List<Header> before) {
        return switch (parameters.difficulty()) {
            case CONSTANT -> Optional.of(parameters.genesis().header().bits());
            // A network without value: its blocks only prove that someone made them.
            case MAY_BE_EASY -> Optional.empty();
            case RETARGETS -> {
                if (before.isEmpty()) {
                    yield Optional.empty();
                }
                if (height % PERIOD != 0) {
                    yield Optional.of(before.get(0).bits());
                }
                yield before.size() < PERIOD
                        ? Optional.empty()
                        : Optional.of(retarget(before.get(0), before.get(PERIOD - 1)));
            }
        };
    }

    private long retarget(Header last, Header first) {
        long took = Math.max(PERIOD_SECONDS / 4, Math.min(PERIOD_SECONDS * 4, last.time() - first.time()));
        BigInteger target = Header.target(last.bits())
                .multiply(BigInteger.valueOf(took))
                .divide(BigInteger.valueOf(PERIOD_SECONDS));
        return Header.bits(target.min(parameters.easiest()));
    }

    private void add(Header header, int height) {
        if (height == base + size && header.previous().equals(hash(size - 1))) {
            append(header);
            return;
        }
        BigInteger sideWork = workUpTo(header.previous()).add(Header.work(header.bits()));
        sides.put(header.hash(), new Side(header, height, sideWork));
        if (sideWork.compareTo(work) > 0) {
            reorganise(header);
        }
    }

    private BigInteger workUpTo(TxId hash) {
        Side side = sides.get(hash);
        if (side != null) {
            return side.work();
        }
        int at = height(hash).orElseThrow() - base;
        BigInteger up = work;
        for (int i = size - 1; i > at; i--) {
            up = up.subtract(Header.work(bits(i)));
        }
        return up;
    }

    private void reorganise(Header newTip) {
        Deque<Header> branch = new ArrayDeque<>();
        TxId hash = newTip.hash();
        for (Side side = sides.remove(hash); side != null; side = sides.remove(hash)) {
            branch.push(side.header());
            hash = side.header().previous();
        }
        int fork = height(hash).orElseThrow() - base;
        List<Side> left = new ArrayList<>();
        BigInteger up = work;
        for (int i = size - 1; i > fork; i--) {
            left.add(new Side(headerAt(i), base + i, up));
            up = up.subtract(Header.work(bits(i)));
        }
        for (int i = left.size() - 1; i >= 0; i--) {
            sides.put(left.get(i).header().hash(), left.get(i));
        }
        size = fork + 1;
        work = up;
        rebuildIndex(index.length);
        branch.forEach(this::append);
    }

    private void append(Header header) {
        if (size == times.length) {
            hashes = Arrays.copyOf(hashes, hashes.length * 2);
            times = Arrays.copyOf(times, times.length * 2);
            targets = Arrays.copyOf(targets, targets.length * 2);
        }
        System.arraycopy(header.hash().bytes(), 0, hashes, size * TxId.LENGTH, TxId.LENGTH);
        times[size] = (int) header.time();
        targets[size] = (int) header.bits();
        size++;
        work = work.add(Header.work(header.bits()));
        if (size * 2 > index.length) {
            rebuildIndex(index.length * 2);
        } else {
            index[find(header.hash())] = size;
        }
    }

    /** The memory for the headers of the main chain in bytes. */
    long bytes() {
        return hashes.length + (long) Integer.BYTES * (times.length + targets.length + index.length);
    }

    /** The number of stored headers of the main chain. */
    int size() {
        return size;
    }

    /** Drops old headers if there are many more than {@code keep}. */
    void prune(int keep) {
        if (size < 2 * keep) {
            return;
        }
        // Down to a period's first block, so that the next target can be calculated.
        int first = (base + size - keep) / PERIOD * PERIOD - base;
        if (first <= 0) {
            return;
        }
        hashes = Arrays.copyOfRange(hashes, first * TxId.LENGTH, size * TxId.LENGTH);
        times = Arrays.copyOfRange(times, first, size);
        targets = Arrays.copyOfRange(targets, first, size);
        size -= first;
        base += first;
        int length = 4096;
        while (length < size * 2) {
            length *= 2;
        }
        rebuildIndex(length);
    }

    private void rebuildIndex(int length) {
        index = new int[length];
        for (int i = 0; i < size; i++) {
            index[find(hash(i))] = i + 1;
        }
    }

    /** The index slot of a hash: its own, or a free one. A hash has proof of work, so it is evenly distributed. */
    private int find(TxId hash) {
        byte[] bytes = hash.bytes();
        int slot = (bytes[31] & 0xff | (bytes[30] & 0xff) << 8 | (bytes[29] & 0xff) << 16 | bytes[28] << 24)
                & index.length - 1;
        while (index[slot] != 0 && !same(index[slot] - 1, bytes)) {
            slot = slot + 1 & index.length - 1;
        }
        return slot;
    }

    private boolean same(int i, byte[] hash) {
        return Arrays.equals(hashes, i * TxId.LENGTH, (i + 1) * TxId.LENGTH, hash, 0, TxId.LENGTH);
    }

    private TxId hash(int i) {
        return TxId.ofBytes(Arrays.copyOfRange(hashes, i * TxId.LENGTH, (i + 1) * TxId.LENGTH));
    }

    private long time(int i) {
        return times[i] & 0xffffffffL;
    }

    private long bits(int i) {
        return targets[i] & 0xffffffffL;
    }
}
