package org.partyline.itests.privacy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bitcoinj.core.Transaction;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.itests.messaging.Station.Kind;

/**
 * The view of an observer who sees every version of a server's rolling transactions, and which of them was in blocks.
 *
 * @param versions in order
 * @param blocks in order
 */
record History(List<Version> versions, List<Block> blocks) {
    /** A packet. @param kind its kind, which is not visible */
    record Packet(Kind kind, byte[] bytes) {}

    /**
     * A version of a rolling transaction.
     *
     * @param tip the height of the chain when it was sent
     * @param coins the coins that it spends: versions of one roll spend the same
     * @param packets in order
     */
    record Version(SignedTransaction signed, int tip, String coins, List<Packet> packets) {
        Version with(List<Packet> others) {
            return new Version(signed, tip, coins, others);
        }

        Transaction transaction() {
            return Transaction.read(ByteBuffer.wrap(signed.raw()));
        }
    }

    /**
     * A block. @param at number of versions sent before it @param version the index of the one in it
     *
     * @param at how many versions had been sent before it
     * @param version the place of the one that was in it
     */
    record Block(int at, int version) {}

    History() {
        this(new ArrayList<>(), new ArrayList<>());
    }

    /** Returns the coins that a transaction spends. */
    static String coins(Transaction transaction) {
        return transaction.getInputs().stream()
                .map(input -> input.getOutpoint().toString())
                .toList()
                .toString();
    }

    /** Returns the data of the OP_RETURN outputs. */
    static List<byte[]> payloads(Transaction transaction) {
        List<byte[]> all = new ArrayList<>();
        transaction.getOutputs().stream()
                .filter(output -> output.getValue().isZero())
                .forEach(output -> {
                    byte[] script = output.getScriptBytes();
                    int from = (script[1] & 0xff) <= 75 ? 2 : 3;
                    all.add(Arrays.copyOfRange(script, from, script.length));
                });
        return all;
    }

    /**
     * Returns the indexes of the versions that contain each packet; in the order in which the packets were first seen.
     */
    Map<Packet, List<Integer>> rides() {
        Map<Packet, List<Integer>> rides = new LinkedHashMap<>();
        for (int i = 0; i < versions.size(); i++) {
            for (Packet packet : versions.get(i).packets()) {
                rides.computeIfAbsent(packet, none -> new ArrayList<>()).add(i);
            }
        }
        return rides;
    }

    /** Returns the same history with other packets in each version. */
    private History with(BiFunction<Integer, Version, List<Packet>> change) {
        List<Version> changed = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            changed.add(versions.get(i).with(change.apply(i, versions.get(i))));
        }
        return new History(changed, blocks);
    }

    /** Returns the history with other bytes in some packets. */
    History changing(Predicate<Packet> which, UnaryOperator<byte[]> change) {
        Map<Packet, Packet> others = new HashMap<>();
        return with((place, version) -> version.packets().stream()
                .map(packet -> which.test(packet)
                        ? others.computeIfAbsent(packet, old -> new Packet(old.kind(), change.apply(old.bytes())))
                        : packet)
                .toList());
    }

    /** Returns the history with some packets one version earlier. */
    History leavingSooner(Predicate<Packet> which) {
        Map<Packet, List<Integer>> rides = rides();
        return with((place, version) -> version.packets().stream()
                .filter(packet -> {
                    List<Integer> places = rides.get(packet);
                    return !which.test(packet) || places.size() == 1 || !place.equals(places.get(places.size() - 1));
                })
                .toList());
    }

    /**
     * Returns the history with some packets that exchange places with the next one when they are carried again with
     * another coin.
     */
    History lettingOthersFirst(Predicate<Packet> which) {
        List<List<Packet>> changed = new ArrayList<>();
        versions.forEach(version -> changed.add(new ArrayList<>(version.packets())));
        Map<Packet, List<Integer>> rides = rides();
        for (Map.Entry<Packet, List<Integer>> one : rides.entrySet()) {
            if (!which.test(one.getKey())) {
                continue;
            }
            List<Integer> places = one.getValue();
            for (int i = 1; i < places.size(); i++) {
                int place = places.get(i);
                boolean again = place != places.get(i - 1) + 1
                        || !versions.get(place)
                                .coins()
                                .equals(versions.get(place - 1).coins());
                if (again && place + 1 < versions.size()) {
                    List<Packet> next = versions.get(place + 1).packets();
                    Packet other = next.get(next.size() - 1);
                    if (other != one.getKey() && !which.test(other)) {
                        swap(changed, place, one.getKey(), other);
                    }
                }
            }
        }
        return with((place, version) -> changed.get(place));
    }

    /** Exchanges two packets from a version on, as long as the same coin is spent. */
    private void swap(List<List<Packet>> packets, int from, Packet one, Packet other) {
        String coins = versions.get(from).coins();
        for (int i = from; i < packets.size() && versions.get(i).coins().equals(coins); i++) {
            Collections.replaceAll(packets.get(i), one, null);
            Collections.replaceAll(packets.get(i), other, one);
            Collections.replaceAll(packets.get(i), null, other);
        }
    }
}
