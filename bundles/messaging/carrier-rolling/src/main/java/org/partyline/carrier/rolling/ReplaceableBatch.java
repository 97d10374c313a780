package org.partyline.carrier.rolling;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rolling transaction: each version replaces the previous one (ARCHITECTURE, "Two ways to carry").
 *
 * @param raw the current version
 * @param replaced the previous version, whose change is held until a node has this one; null if there is none
 * @param sent whether it was handed to a node
 * @param started in milliseconds
 * @param lastSent when the last version was handed over, in milliseconds; 0 before
 * @param rides the packets in the current version, newest last
 * @param versions all versions, the current one last
 * @param ended whether no more packets join: it is left to be mined
 */
record ReplaceableBatch(
        int persona,
        int network,
        String wallet,
        byte[] raw,
        byte @Nullable [] replaced,
        byte[] transaction,
        int vsize,
        long fee,
        boolean sent,
        long started,
        long lastSent,
        List<BatchedPacket> rides,
        List<Version> versions,
        boolean ended) {
    /** Does not show the contents. */
    @Override
    public String toString() {
        return "ReplaceableBatch";
    }

    ReplaceableBatch handed(long now) {
        return with(null, true, now, rides, versions, ended);
    }

    ReplaceableBatch ending() {
        return with(replaced, sent, lastSent, rides, versions, true);
    }

    private ReplaceableBatch with(
            byte @Nullable [] newReplaced,
            boolean newSent,
            long newLastSent,
            List<BatchedPacket> newRides,
            List<Version> newVersions,
            boolean newEnded) {
        return new ReplaceableBatch(
                persona,
                network,
                wallet,
                raw,
                newReplaced,
                transaction,
                vsize,
                fee,
                newSent,
                started,
                newLastSent,
                newRides,
                newVersions,
                newEnded);
    }

    /** Returns a copy with the packets of one message assigned to another. */
    ReplaceableBatch renamed(long message, long other) {
        List<BatchedPacket> newRides = rides.stream()
                .map(ride -> ride.message() == message
                        ? new BatchedPacket(other, ride.part(), ride.packet(), ride.opener())
                        : ride)
                .toList();
        List<Version> newVersions = versions.stream()
                .map(version -> new Version(
                        version.transaction(),
                        version.fee(),
                        version.rides().stream()
                                .map(code -> code >> 8 == message ? other << 8 | code & 0xff : code)
                                .toList()))
                .toList();
        return with(replaced, sent, lastSent, newRides, newVersions, ended);
    }

    boolean has(byte[] id) {
        return versions.stream().anyMatch(version -> Arrays.equals(version.transaction(), id));
    }

    /** A version of a roll. @param rides message and part of each packet in it, as {@code message << 8 | part} */
    record Version(byte[] transaction, long fee, List<Long> rides) {}
}
