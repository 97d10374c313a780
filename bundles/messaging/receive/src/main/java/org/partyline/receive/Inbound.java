package org.partyline.receive;

import org.partyline.api.nodes.NodeDirectory;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.ReadingServices;

/**
 * The services that receiving depends on.
 *
 * @param reading the services that recognise and open packets
 * @param sync records what was heard
 */
public record Inbound(Operations operations, ReadingServices reading, Live<NodeDirectory> nodes, InitialSync sync) {}
