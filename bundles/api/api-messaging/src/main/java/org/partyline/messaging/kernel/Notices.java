package org.partyline.messaging.kernel;

/**
 * Who is told of what happens, for classes that tell several of them.
 *
 * @param bus the other stages
 * @param events programs that follow messages
 * @param security the operator
 */
public record Notices(Bus bus, EventHub events, SecurityLog security) {}
