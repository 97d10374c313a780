package org.partyline.itests.privacy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitcoinj.core.Transaction;
import org.partyline.itests.privacy.History.Block;
import org.partyline.itests.privacy.History.Packet;
import org.partyline.itests.privacy.History.Version;

/** All visible features of each packet in a history that may leak, except for times. */
final class Riding {
    /** The number of packets per version (roll-packets), and so of versions per packet. */
    private static final int PACKETS = 3;
    /** At both ends of a history: these packets are not seen completely. */
    private static final int MARGIN = 60;
    /** The maximum number of versions in which a packet is searched for. */
    private static final int FAR = 40;

    private final List<Version> versions;
    private final List<Block> blocks;
    private final Map<Packet, List<Integer>> rides;
    /** In the order in which they were first seen. */
    private final List<Packet> order;

    private final Map<Packet, Integer> rank = new HashMap<>();
    /** How many packets were first seen in each version. */
    private final int[] fresh;
    /** How many packets are in each version that were not in the previous one. */
    private final int[] boarding;
    /** The index of the first version of each version's roll, and the index after its last. */
    private final int[] begins;

    private final int[] ends;
    /** The effects of blocks: when each packet should have been carried again, and the packets with the same claim. */
    private final Map<Packet, List<Claim>> claims = new HashMap<>();

    /** @param from the index of the first version after the block */
    private record Claim(int from, List<Packet> all) {}

    /**
     * The visible features of a packet.
     *
     * @param ride by the names of the features
     */
    record Seen(Packet packet, Map<String, Double> ride) {
        double[] riding() {
            return ride.values().stream().mapToDouble(Double::doubleValue).toArray();
        }

        /** Returns them with its bytes. */
        double[] all() {
            List<Double> all = new ArrayList<>(ride.values());
            Sent.bytes(packet.bytes(), all);
            return all.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private Riding(History history) {
        versions = history.versions();
        blocks = history.blocks();
        rides = history.rides();
        order = List.copyOf(rides.keySet());
        fresh = new int[versions.size()];
        boarding = new int[versions.size()];
        begins = new int[versions.size()];
        ends = new int[versions.size()];
        for (Packet packet : order) {
            rank.put(packet, rank.size());
            fresh[rides.get(packet).get(0)]++;
        }
        for (int i = 0; i < versions.size(); i++) {
            List<Packet> before = i == 0 ? List.of() : versions.get(i - 1).packets();
            boarding[i] = (int) versions.get(i).packets().stream()
                    .filter(packet -> !before.contains(packet))
                    .count();
            begins[i] = sameRoll(i - 1, i) ? begins[i - 1] : i;
        }
        for (int i = versions.size() - 1; i >= 0; i--) {
            ends[i] = i + 1 < versions.size() && sameRoll(i, i + 1) ? ends[i + 1] : i + 1;
        }
        blocks.forEach(this::claim);
    }

    /** Returns all packets of a history of which enough is visible. */
    static List<Seen> of(History history) {
        Riding riding = new Riding(history);
        return riding.order.stream()
                .filter(packet ->
                        riding.first(packet) >= MARGIN && riding.first(packet) < riding.versions.size() - MARGIN)
                .map(packet -> new Seen(packet, riding.look(packet)))
                .toList();
    }

    private boolean sameRoll(int one, int other) {
        return one >= 0 && versions.get(one).coins().equals(versions.get(other).coins());
    }

    private int first(Packet packet) {
        return rides.get(packet).get(0);
    }

    /** Packets of the versions after the one in a block must be carried again. */
    private void claim(Block block) {
        Set<Packet> after = new HashSet<>();
        for (int i = block.version() + 1; i < Math.min(ends[block.version()], block.at()); i++) {
            after.addAll(versions.get(i).packets());
        }
        versions.get(block.version()).packets().forEach(after::remove);
        List<Packet> all = List.copyOf(after);
        all.forEach(packet ->
                claims.computeIfAbsent(packet, none -> new ArrayList<>()).add(new Claim(block.at(), all)));
    }

    private Map<String, Double> look(Packet packet) {
        Map<String, Double> seen = new LinkedHashMap<>();
        List<Integer> in = rides.get(packet);
        seen.put("length", (double) packet.bytes().length);
        transaction(packet, in.get(0), seen);
        ride(in, seen);
        again(packet, in, seen);
        neighbours(packet, in, seen);
        return seen;
    }

    private void transaction(Packet packet, int place, Map<String, Double> seen) {
        Version version = versions.get(place);
        Transaction transaction = version.transaction();
        long fee = version.signed().fee();
        int vsize = version.signed().vsize();
        long behind = version.tip() - transaction.lockTime().rawValue();
        boolean begins = this.begins[place] == place;
        int change = Sent.changeAt(transaction);
        seen.put("fee", (double) fee);
        seen.put("vsize", (double) vsize);
        seen.put("feerate", (double) fee / vsize);
        seen.put(
                "fee step",
                begins ? 0.0 : (double) (fee - versions.get(place - 1).signed().fee()));
        seen.put(
                "size step",
                begins
                        ? 0.0
                        : (double) (vsize - versions.get(place - 1).signed().vsize()));
        seen.put("blocks behind the tip", (double) behind);
        seen.put("lock time is the tip", behind == 0 ? 1.0 : 0.0);
        seen.put("sequence", (double) transaction.getInput(0).getSequenceNumber());
        seen.put("inputs", (double) transaction.getInputs().size());
        seen.put("outputs", (double) transaction.getOutputs().size());
        seen.put("packets beside it", (double) version.packets().size());
        seen.put("place", (double) version.packets().indexOf(packet));
        seen.put("place from the end", (double)
                (version.packets().size() - version.packets().indexOf(packet)));
        seen.put("place of change", (double) change);
        seen.put("place of change from the end", (double)
                (transaction.getOutputs().size() - change));
        seen.put(
                "last digits of change",
                change < 0
                        ? -1.0
                        : (double) (transaction.getOutput(change).getValue().getValue() % 100));
        seen.put("versions of the roll before", (double) (place - this.begins[place]));
        seen.put("versions of the roll from here", (double) Math.min(10, ends[place] - place));
    }

    private void ride(List<Integer> in, Map<String, Double> seen) {
        int first = in.get(0);
        int run = 1;
        int longest = 1;
        int firstRun = 0;
        int runs = 1;
        int gap = 0;
        int coins = 1;
        for (int i = 1; i < in.size(); i++) {
            boolean on = in.get(i) == in.get(i - 1) + 1 && sameRoll(in.get(i - 1), in.get(i));
            coins += sameRoll(in.get(i - 1), in.get(i)) ? 0 : 1;
            if (!on) {
                firstRun = firstRun == 0 ? run : firstRun;
                run = 0;
                runs++;
                gap = Math.max(gap, in.get(i) - in.get(i - 1));
            }
            longest = Math.max(longest, ++run);
        }
        firstRun = firstRun == 0 ? run : firstRun;
        int inFirst = (int) in.stream().filter(place -> place < ends[first]).count();
        int could = Math.min(PACKETS, ends[first] - first);
        seen.put("rides", (double) in.size());
        seen.put("rides with the first coin", (double) inFirst);
        seen.put("first run", (double) firstRun);
        seen.put("last run", (double) run);
        seen.put("longest run", (double) longest);
        seen.put("runs", (double) runs);
        seen.put("largest gap", (double) Math.min(FAR, gap));
        seen.put("coins", (double) coins);
        seen.put("fewer rides than there could be", (double) (could - inFirst));
        seen.put("stands in blocks", (double)
                blocks.stream().filter(block -> in.contains(block.version())).count());
        int left = first + firstRun;
        boolean on = left < ends[first];
        seen.put(
                "packets in the version that it left",
                on ? versions.get(left).packets().size() : 0.0);
        seen.put("older packets in the version that it left", on ? older(first, left) : 0.0);
        seen.put("boarding in the version that it left", on ? boarding[left] : -1.0);
        for (int i = 0; i < 4; i++) {
            int place = i < in.size() ? in.get(i) : -1;
            String ride = "ride " + (i + 1) + ": ";
            seen.put(ride + "new packets", place < 0 ? -1.0 : fresh[place]);
            seen.put(ride + "boarding packets", place < 0 ? -1.0 : boarding[place]);
            seen.put(
                    ride + "packets",
                    place < 0 ? -1.0 : versions.get(place).packets().size());
            seen.put(ride + "bytes", place < 0 ? -1.0 : bytes(place));
        }
    }

    private double older(int first, int place) {
        return versions.get(place).packets().stream()
                .filter(packet -> first(packet) < first)
                .count();
    }

    private double bytes(int place) {
        return versions.get(place).packets().stream()
                .mapToInt(packet -> packet.bytes().length)
                .sum();
    }

    /** Whether it is carried again after such a block, and in the right order. */
    private void again(Packet packet, List<Integer> in, Map<String, Double> seen) {
        int unpaid = 0;
        int paid = 0;
        double versionsUntil = 0;
        double newUntil = 0;
        double olderLeft = 0;
        double youngerFirst = 0;
        for (Claim claim : claims.getOrDefault(packet, List.of())) {
            int again = next(packet, claim.from());
            if (again < 0) {
                unpaid++;
                continue;
            }
            paid++;
            versionsUntil += again - claim.from();
            for (int i = claim.from(); i < again; i++) {
                newUntil += fresh[i];
            }
            for (Packet other : claim.all()) {
                int its = next(other, claim.from());
                boolean before = its >= 0 && its < again;
                olderLeft += rank.get(other) < rank.get(packet) && !before ? 1 : 0;
                youngerFirst += rank.get(other) > rank.get(packet) && before ? 1 : 0;
            }
        }
        int extra = 0;
        for (int i = 1; i < in.size(); i++) {
            extra += sameRoll(in.get(i - 1), in.get(i)) ? 0 : 1;
        }
        seen.put("overtaken by blocks", (double) paid + unpaid);
        seen.put("overtaken and never seen again", (double) unpaid);
        seen.put("rides again without a reason", (double) extra - paid);
        seen.put("versions until it rides again", versionsUntil);
        seen.put("new packets before it rides again", newUntil);
        seen.put("older packets that ride again after it", olderLeft);
        seen.put("younger packets that ride again before it", youngerFirst);
        seen.put("packets that were to ride again before it first did", (double) overdue(packet, in.get(0)));
        behindOthers(in.get(0), seen);
    }

    /** While others are carried again, messages may accumulate, and decoys do not. */
    private void behindOthers(int first, Map<String, Double> seen) {
        int nothingNew = 0;
        while (nothingNew < FAR && fresh[first - 1 - nothingNew] == 0) {
            nothingNew++;
        }
        int since = 0;
        int at = first - 1;
        while (since < FAR && at > 0 && fresh[at] > 0) {
            since += fresh[at--];
        }
        int earlier = 0;
        while (earlier < FAR && at > 0 && fresh[at] == 0) {
            earlier++;
            at--;
        }
        seen.put("versions before it that brought nothing new", (double) nothingNew);
        seen.put("new packets since a version that brought none", (double) since);
        seen.put("versions that brought nothing new, before these", (double) earlier);
        int next = first + 1;
        while (next < versions.size() && next < first + FAR && fresh[next] == 0) {
            next++;
        }
        seen.put("versions until the next new packet", (double) next - first);
    }

    /** Returns the next version with a packet, from one on; -1 if there is none nearby. */
    private int next(Packet packet, int from) {
        return rides.get(packet).stream()
                .filter(place -> place >= from && place < from + FAR)
                .findFirst()
                .orElse(-1);
    }

    private int overdue(Packet packet, int first) {
        int overdue = 0;
        for (int i = rank.get(packet) - 1; i >= Math.max(0, rank.get(packet) - 20); i--) {
            Packet other = order.get(i);
            for (Claim claim : claims.getOrDefault(other, List.of())) {
                int again = next(other, claim.from());
                overdue += claim.from() <= first && claim.from() > first - FAR && (again < 0 || again > first) ? 1 : 0;
            }
        }
        return overdue;
    }

    private void neighbours(Packet packet, List<Integer> in, Map<String, Double> seen) {
        for (int step : new int[] {-2, -1, 1, 2}) {
            Packet other = order.get(rank.get(packet) + step);
            List<Integer> its = rides.get(other);
            String name = step < 0 ? -step + " before" : step + " after";
            seen.put("length, " + name, (double) other.bytes().length);
            seen.put("rides, " + name, (double) its.size());
            seen.put("overtaken and never seen again, " + name, (double) claims.getOrDefault(other, List.of()).stream()
                    .filter(claim -> next(other, claim.from()) < 0)
                    .count());
            seen.put("rides side by side, " + name, (double)
                    its.stream().filter(in::contains).count());
        }
    }
}
