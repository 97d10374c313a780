package org.partyline.engine;

/** A packet in a version of a roll. @param opener whether packets behind it cannot be read without it */
record BatchedPacket(long message, int part, byte[] packet, boolean opener) {
    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "BatchedPacket";
    }
}
