package org.partyline.api.receive;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reads packets of a kind that PROTOCOL does not have. A service; any bundle may offer one. It is asked what no receiver of PROTOCOL's
 * packets has to do with, on a thread where it holds up nobody but itself and other such receivers.
 *
 * <p>What is kept, for how long, that it is shown once and as whose reading, is the messenger's business, not the receiver's. It is given
 * what everybody can see on the network and no secrets: keys that it needs are its own.
 *
 * <p>A packet of one of its {@link #forms} that comes while the service is not running waits, with those that match nothing, and is asked for
 * when the service returns; so is one that came before the receiver itself, where it has the form of a version-2 packet. What waits
 * is asked for anew when the service changes its properties, too: that is how it says that what it waited for has come.
 */
@ConsumerType
public interface PacketReceiver {
    /** Most forms of one receiver. */
    int MAX_FORMS = 8;
    /** The last rank. */
    int MAX_RANK = 1_000_000;

    /**
     * Its name, which is shown beside what it read and stays the same in later versions of its bundle: 1 to 24 lower-case letters, digits
     * and hyphens, beginning with a letter. Where two have one name, the one that came first has it until it goes.
     */
    String id();

    /** Where it stands among such receivers: the lowest is asked first. 0 to {@value #MAX_RANK}. */
    int rank();

    /**
     * What its packets look like from outside, 1 to {@value #MAX_FORMS}. It is asked for payloads of these forms and no others. Read once, when
     * the service comes.
     */
    List<PacketForm> forms();

    /**
     * Says what a packet is. Called by one thread at a time, once for each packet as long as nothing changes; it may come again after a
     * restart. A call that throws counts as {@link Reading#notMine()}; so does one that takes longer than two seconds, and its thread is
     * interrupted. After five of these in a row the receiver is asked nothing more until it comes anew.
     *
     * @return never null
     */
    Reading open(MetPacket packet);
}
