package org.partyline.testkit.messaging;

import org.partyline.api.Network;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;

/** Packets of any size up to one that the test sets. */
public final class PlainSizes implements PacketSizes {
    /** The largest, in bytes; 0 if none is relayed. */
    public volatile int most = 80;
    /** The largest for a signed message is at least this, in bytes. */
    public volatile int signed = SIGNED_BUCKET;
    /** The smallest, in bytes, as cover traffic requires; 0 for any. */
    public volatile int least;

    @Override
    public int maxBucket(Network network) {
        return most;
    }

    @Override
    public SizeRange room(int persona, Network network, boolean sign, String via) {
        return new SizeRange(least, sign && most > 0 ? Math.max(most, signed) : most);
    }

    @Override
    public SizeRange room(Conversation conversation, OutgoingMessage outgoing) {
        return room(conversation.persona(), conversation.network(), outgoing.sign(), "");
    }
}
