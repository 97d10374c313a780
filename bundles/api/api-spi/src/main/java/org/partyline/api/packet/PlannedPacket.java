package org.partyline.api.packet;

/**
 * One packet of a message, ready to be sealed.
 *
 * @param content what it says
 * @param bucket the length it will have, in bytes
 */
public record PlannedPacket(Content content, int bucket) {}
