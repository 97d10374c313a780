package org.partyline.messaging.state;

/**
 * Notifies several listeners of events.
 *
 * @param bus for the other stages
 * @param events for programs that follow messages
 * @param security for the operator
 */
public record Notices(Bus bus, EventHub events, SecurityLog security) {}
