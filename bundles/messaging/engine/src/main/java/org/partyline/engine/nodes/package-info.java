/** The nodes that are watched: which there are, what they report, what is thought of them, and how far each network was read. */
package org.partyline.engine.nodes;
