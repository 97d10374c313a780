/** When packets leave: delays, limits, and the points of cover traffic. */
package org.partyline.engine.schedule;
