package org.partyline.api.packet;

/**
 * One packet of a message, ready to be sealed.
 *
 * @param content its content
 * @param bucket its length in bytes
 */
public record PlannedPacket(Content content, int bucket) {}
