package org.partyline.itests.privacy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionOutput;
import org.partyline.itests.messaging.Station;

/**
 * A packet in its transaction.
 *
 * @param kind its kind; not a feature
 * @param packet the data of the OP_RETURN output
 * @param raw the transaction
 * @param fee satoshi
 * @param vsize virtual bytes
 * @param tip the height of the chain when it was sent
 */
record Sent(Station.Kind kind, byte[] packet, byte[] raw, long fee, int vsize, int tip) {
    /** The number of bytes at the beginning that are examined separately: the version and the longest locator. */
    private static final int HEAD = 17;
    /** The number of bytes at the end: the tag. */
    private static final int TAIL = 16;

    Sent with(byte[] otherPacket) {
        return new Sent(kind, otherPacket, raw, fee, vsize, tip);
    }

    Transaction transaction() {
        return Transaction.read(ByteBuffer.wrap(raw));
    }

    /** Returns the index of the change output; -1 if there is none. */
    static int changeAt(Transaction transaction) {
        for (int i = 0; i < transaction.getOutputs().size(); i++) {
            if (!transaction.getOutput(i).getValue().isZero()) {
                return i;
            }
        }
        return -1;
    }

    /** Returns everything visible that may leak. */
    double[] features() {
        List<Double> features = new ArrayList<>();
        bytes(packet, features);
        transaction(features);
        return features.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Adds the features of a packet's bytes. */
    static void bytes(byte[] packet, List<Double> features) {
        double[] histogram = new double[256];
        double[] high = new double[16];
        double[] low = new double[16];
        double[] bits = new double[8];
        double sum = 0;
        double steps = 0;
        int same = 0;
        int ones = 0;
        for (int i = 1; i < packet.length; i++) {
            int value = packet[i] & 0xff;
            histogram[value]++;
            high[value >> 4]++;
            low[value & 15]++;
            for (int bit = 0; bit < 8; bit++) {
                bits[bit] += value >> bit & 1;
            }
            ones += Integer.bitCount(value);
            sum += value;
            steps += Math.abs(value - (packet[i - 1] & 0xff));
            same += packet[i] == packet[i - 1] ? 1 : 0;
        }
        double expected = (packet.length - 1) / 16.0;
        double chiHigh = Arrays.stream(high)
                .map(n -> (n - expected) * (n - expected) / expected)
                .sum();
        double chiLow = Arrays.stream(low)
                .map(n -> (n - expected) * (n - expected) / expected)
                .sum();
        double different = Arrays.stream(histogram).filter(n -> n > 0).count();
        double printable = 0;
        for (int i = 32; i < 127; i++) {
            printable += histogram[i];
        }
        features.addAll(List.of(
                (double) packet.length, chiHigh, chiLow, different, printable, sum, steps, (double) same, (double)
                        ones));
        for (double[] counts : List.of(histogram, high, low, bits)) {
            Arrays.stream(counts).forEach(features::add);
        }
        for (int i = 0; i < HEAD; i++) {
            features.add((double) (packet[i] & 0xff));
        }
        for (int i = packet.length - TAIL; i < packet.length; i++) {
            features.add((double) (packet[i] & 0xff));
        }
        // Bit by bit where every packet has its locator.
        for (int i = 1; i <= 8; i++) {
            for (int bit = 0; bit < 8; bit++) {
                features.add((double) (packet[i] >> bit & 1));
            }
        }
    }

    private void transaction(List<Double> features) {
        Transaction transaction = transaction();
        int change = changeAt(transaction);
        long behind = tip - transaction.lockTime().rawValue();
        long value = change < 0 ? 0 : transaction.getOutput(change).getValue().getValue();
        features.add((double) fee);
        features.add((double) vsize);
        features.add((double) fee / vsize);
        features.add((double) transaction.getWeight());
        features.add((double) transaction.getVersion());
        features.add((double) behind);
        features.add(behind == 0 ? 1.0 : 0.0);
        features.add((double) transaction.getInput(0).getSequenceNumber());
        features.add((double) transaction.getInputs().size());
        features.add((double) transaction.getInput(0).getWitness().getPush(0).length);
        features.add((double) transaction.getOutputs().size());
        features.add((double) change);
        // Not the whole amount: it decreases with each payment, so it acts as a clock, and packets of one long message
        // are sent one after another. Claim (b) covers the times.
        features.add((double) (value % 100));
        TransactionOutput data = transaction.getOutput(change == 0 ? 1 : 0);
        features.add((double) data.getScriptBytes().length);
        features.add((double) (data.getScriptBytes()[1] & 0xff));
    }
}
