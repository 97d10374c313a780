package org.partyline.api.settings;

import java.time.Duration;
import java.util.Optional;
import org.partyline.api.Network;

/**
 * Settings for sending.
 *
 * @param defaultTtl how long a message without a time to live is kept; 1 minute to 45 days
 * @param maxBucket largest packet that is sent, in bytes
 * @param chainMessages messages on one sender chain before the next begins; 1 to 100
 * @param within a message that cannot leave within this time is given up
 * @param recallsExpired whether an expired message is recalled if it is not in a block yet
 * @param carrier the id of the carrier of messages that do not name one
 * @param jitter mean of the random delay before a packet leaves; empty: the network's default
 * @param perMinute packets a minute, 0: no limit; empty: the network's default
 * @param burst packets that may leave at once before the limit applies
 * @param rebroadcastAfter a transaction that no node reports is handed over again after this
 */
public record SendingSettings(
        Duration defaultTtl,
        int maxBucket,
        int chainMessages,
        Duration within,
        boolean recallsExpired,
        String carrier,
        Optional<Duration> jitter,
        Optional<Integer> perMinute,
        int burst,
        Duration rebroadcastAfter) {
    private static final Duration STANDARD_JITTER = Duration.ofSeconds(5);
    private static final int STANDARD_RATE = 10;

    /** The mean delay of packets on a network: none on test networks unless it is configured. */
    public Duration jitter(Network network) {
        return jitter.orElse(network.isPlay() ? Duration.ZERO : STANDARD_JITTER);
    }

    /** How many packets may leave a minute; 0: no limit. Test networks have no limit unless it is configured. */
    public int perMinute(Network network) {
        return perMinute.orElse(network.isPlay() ? 0 : STANDARD_RATE);
    }
}
