package org.partyline.receive;

import org.partyline.api.nodes.NodeDirectory;
import org.partyline.messaging.kernel.InitialSync;
import org.partyline.messaging.kernel.Live;
import org.partyline.messaging.kernel.Operations;
import org.partyline.messaging.kernel.ReadingServices;

/**
 * The services that receiving depends on.
 *
 * @param reading what packets are told apart and opened with
 * @param sync is told what was heard
 */
public record Inbound(Operations operations, ReadingServices reading, Live<NodeDirectory> nodes, InitialSync sync) {}
