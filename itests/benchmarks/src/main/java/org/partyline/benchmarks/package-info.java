/** How fast the system is, as ratios against named baselines that are measured in the same run. */
package org.partyline.benchmarks;
