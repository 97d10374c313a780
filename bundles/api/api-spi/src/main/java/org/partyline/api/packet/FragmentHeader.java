package org.partyline.api.packet;

/**
 * The position of a fragment in its message (PROTOCOL 2.3, 7).
 *
 * @param messageId 0 to 65,535, random
 * @param index 0 to count - 1
 * @param count 1 to 16
 */
public record FragmentHeader(int messageId, int index, int count) {
    public FragmentHeader {
        if (messageId < 0 || messageId > 0xffff) {
            throw new IllegalArgumentException("a message id must be 0 to 65535, not " + messageId);
        }
        if (count < 1 || count > Packets.MAX_FRAGMENTS) {
            throw new IllegalArgumentException("a message has 1 to 16 fragments, not " + count);
        }
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("fragment " + index + " of " + count + " does not exist");
        }
    }
}
