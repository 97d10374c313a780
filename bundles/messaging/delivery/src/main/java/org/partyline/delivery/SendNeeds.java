package org.partyline.delivery;

import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.RequiredServices;

/**
 * Names the services that the steps of a message require.
 *
 * @param sending the services for sending a message
 * @param expiring the services for asking nodes for an expired message, and for ending a session with it
 * @param caughtUp whether the latest blocks of a network were read
 */
record SendNeeds(
        Operations operations, RequiredServices sending, RequiredServices expiring, Predicate<Network> caughtUp) {}
