/** What packets are recognised by before they can be opened: beacons, derived keys, and what waits for them. */
package org.partyline.engine.recognition;
