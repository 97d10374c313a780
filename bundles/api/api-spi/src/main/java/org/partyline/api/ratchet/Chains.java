package org.partyline.api.ratchet;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/** Creates the sending and receiving ends of chains (PROTOCOL 5). A service; stateless. */
@ProviderType
public interface Chains {
    /** The maximum number of messages on a chain. */
    int MAX_MESSAGES = 100;
    /** The number of positions that a receiver looks ahead. */
    int WINDOW = 64;
    /** The same for a receiver that may have missed packets, until a day after it has caught up. */
    int FAR_WINDOW = 1024;

    /**
     * CK_0 of a channel chain.
     *
     * @param seed 16 bytes
     * @param root the root of the day on which the packet with the seed was sealed
     * @return 32 bytes, the caller wipes it
     */
    SecretBytes channelChainKey(byte[] seed, SecretBytes root, Network network);

    /** The local name of a chain: 8 bytes. */
    byte[] sessionId(SecretBytes chainKey0);

    /**
     * @param chainKey0 copied
     * @param started when the chain began, for the 24-hour limit
     */
    SendChain send(SecretBytes chainKey0, Instant started);

    /**
     * The sending end of a session's chain, which has no limit of 100: it is used until the key update that both sides
     * requested is complete (PROTOCOL 6).
     *
     * @param chainKey0 copied
     * @param started when the chain began
     */
    SendChain sendSession(SecretBytes chainKey0, Instant started);

    /** @param encoded the result of {@link SendChain#encode} */
    SendChain decodeSend(byte[] encoded);

    /**
     * @param chainKey0 copied
     * @param started when the chain began
     */
    ReceiveChain receive(SecretBytes chainKey0, Instant started);

    /** @param encoded the result of {@link ReceiveChain#encode} */
    ReceiveChain decodeReceive(byte[] encoded);

    /** An empty table for expected locators. */
    LocatorTable newLocatorTable();

    /** An empty table for beacons. */
    BeaconTable newBeaconTable();
}
