/** What nodes report that may be ours, and how far each network was read. */
package org.partyline.engine.scan;
