// Cost Explorer, as far as the endpoint has it: what the caller's account used. Nothing has a price here.
import type { JsonService } from '../json-service.ts'
import { getCostAndUsage } from './cost-and-usage.ts'
import { getDimensionValues } from './dimension-values.ts'

export const costExplorer: JsonService = {
  signingName: 'ce',
  prefix: 'AWSInsightsIndexService',
  operations: { GetCostAndUsage: getCostAndUsage, GetDimensionValues: getDimensionValues },
  unserved: `CreateAnomalyMonitor CreateAnomalySubscription CreateCostCategoryDefinition DeleteAnomalyMonitor
    DeleteAnomalySubscription DeleteCostCategoryDefinition DescribeCostCategoryDefinition GetAnomalies GetAnomalyMonitors
    GetAnomalySubscriptions GetApproximateUsageRecords GetCommitmentPurchaseAnalysis GetCostAndUsageComparisons
    GetCostAndUsageWithResources GetCostCategories GetCostComparisonDrivers GetCostForecast
    GetReservationCoverage GetReservationPurchaseRecommendation GetReservationUtilization GetRightsizingRecommendation
    GetSavingsPlanPurchaseRecommendationDetails GetSavingsPlansCoverage GetSavingsPlansPurchaseRecommendation
    GetSavingsPlansUtilization GetSavingsPlansUtilizationDetails GetTags GetUsageForecast ListCommitmentPurchaseAnalyses
    ListCostAllocationTagBackfillHistory ListCostAllocationTags ListCostCategoryDefinitions
    ListCostCategoryResourceAssociations ListSavingsPlansPurchaseRecommendationGeneration ListTagsForResource
    ProvideAnomalyFeedback StartCommitmentPurchaseAnalysis StartCostAllocationTagBackfill
    StartSavingsPlansPurchaseRecommendationGeneration TagResource UntagResource UpdateAnomalyMonitor UpdateAnomalySubscription
    UpdateCostAllocationTagsStatus UpdateCostCategoryDefinition`,
  why: 'There are no costs: GetCostAndUsage tells how much was used.',
}
