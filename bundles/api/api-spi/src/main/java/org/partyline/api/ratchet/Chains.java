package org.partyline.api.ratchet;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/** Creates the sending and receiving ends of chains (PROTOCOL 5). A service; stateless. */
@ProviderType
public interface Chains {
    /** Most messages on a chain. */
    int MAX_MESSAGES = 100;
    /** How many positions ahead a receiver looks. */
    int WINDOW = 64;
    /** The same for a receiver that may have missed packets, until it has caught up and for a day after. */
    int FAR_WINDOW = 1024;

    /**
     * CK_0 of a channel chain.
     *
     * @param seed 16 bytes
     * @param root the root of the day that the packet with the seed was sealed on
     * @return 32 bytes, the caller's to wipe
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

    /** @param encoded what {@link SendChain#encode} made */
    SendChain decodeSend(byte[] encoded);

    /**
     * @param chainKey0 copied
     * @param started when the chain began
     */
    ReceiveChain receive(SecretBytes chainKey0, Instant started);

    /** @param encoded what {@link ReceiveChain#encode} made */
    ReceiveChain decodeReceive(byte[] encoded);

    /** An empty table for expected locators. */
    LocatorTable newLocatorTable();

    /** An empty table for beacons. */
    BeaconTable newBeaconTable();
}
