package org.partyline.api.carrier;

/** Identifies a packet. @param message its message's number @param index its index in the message, from 0 */
public record PacketRef(long message, int index) {}
