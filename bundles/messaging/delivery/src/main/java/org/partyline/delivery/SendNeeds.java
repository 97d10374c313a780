package org.partyline.delivery;

import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.RequiredServices;

/**
 * Names the services that the steps of a message require.
 *
 * @param sending what a message leaves with
 * @param expiring what asks nodes for a message whose time has ended, and ends a session with it
 */
record SendNeeds(Operations operations, RequiredServices sending, RequiredServices expiring) {}
